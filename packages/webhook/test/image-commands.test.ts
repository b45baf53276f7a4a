import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createImageCommands,
  createRegistryClient,
  parseDockerConfig,
  RegistryError,
} from "@sluice/webhook/images";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushImage, REGISTRY_USER as USER } from "../../../test/servers/registry/push-image.js";
import { type RunningRegistry, startRegistry } from "../../../test/servers/registry/registry.js";

const POD = { spec: { containers: [] } };
const signal = new AbortController().signal;

let open: RunningRegistry;
let locked: RunningRegistry;
beforeAll(async () => {
  const started = [await startRegistry(), await startRegistry(USER)];
  const [first, second] = started.map((server) => {
    if (server.kind === "running") return server;
    throw new Error(server.reason);
  });
  open = first as RunningRegistry;
  locked = second as RunningRegistry;
  for (const { host } of [open, locked])
    await pushImage(host, "acme/web", "1", { Entrypoint: ["/web"], Cmd: ["--serve"] });
});
afterAll(async () => {
  await open?.stop();
  await locked?.stop();
});

function commands(options: Partial<Parameters<typeof createImageCommands>[0]> = {}) {
  const client = createRegistryClient({ insecure: [open.host, locked.host, "127.0.0.1"] });
  return createImageCommands({ client, ...options });
}

const logins = (password: string) =>
  parseDockerConfig(JSON.stringify({ auths: { [locked.host]: { username: USER.name, password } } }));

async function refusal(work: Promise<unknown>): Promise<RegistryError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof RegistryError) return thrown;
  throw new Error("It was not refused", { cause: thrown });
}

describe("what an image starts", () => {
  it("is read through its index, by tag and by digest", async () => {
    const digest = await pushImage(open.host, "acme/job", "2", { Cmd: ["sh"] });
    const images = commands();
    expect(await images.commandOf(`${open.host}/acme/web:1`, POD, [], signal)).toEqual({
      entrypoint: ["/web"],
      cmd: ["--serve"],
    });
    expect(await images.commandOf(`${open.host}/acme/job@${digest}`, POD, [], signal)).toEqual({
      entrypoint: [],
      cmd: ["sh"],
    });
  });

  it("is not told without the right login, even if it is remembered for another", async () => {
    const images = commands();
    const image = `${locked.host}/acme/web:1`;
    expect(
      await images.commandOf(image, POD, [...logins("wrong"), ...logins(USER.password)], signal),
    ).toMatchObject({ entrypoint: ["/web"] });
    for (const wrong of [[], logins("wrong")]) {
      const { kind, message } = await refusal(images.commandOf(image, POD, wrong, signal));
      expect(kind).toBe("denied");
      expect(message).not.toContain("wrong");
    }
  });

  it("is asked once while it is remembered", async () => {
    let asked = 0;
    const client = createRegistryClient({ insecure: [open.host] });
    const counting = {
      ...client,
      manifest: (...args: Parameters<typeof client.manifest>) => ((asked += 1), client.manifest(...args)),
    };
    const images = createImageCommands({ client: counting });
    for (let round = 0; round < 3; round += 1)
      await images.commandOf(`${open.host}/acme/web:1`, POD, [], signal);
    expect(asked).toBe(2);
  });

  it("comes from a mirror, and from the registry itself when the mirror has it not or is away", async () => {
    const away = await closedPort();
    const mirrors = { [open.host]: [`127.0.0.1:${away}`, locked.host] };
    expect(await commands({ mirrors }).commandOf(`${open.host}/acme/web:1`, POD, [], signal)).toMatchObject({
      entrypoint: ["/web"],
    });
    const hub = { "docker.io": [open.host] };
    expect(await commands({ mirrors: hub }).commandOf("acme/web:1", POD, [], signal)).toMatchObject({
      entrypoint: ["/web"],
    });
  });

  it("is refused with the reason", async () => {
    const images = commands({ timeoutMs: 1_000 });
    const ask = (image: string) => refusal(images.commandOf(image, POD, [], signal));
    expect(await ask(`${open.host}/acme/web:none`)).toMatchObject({ kind: "not-found" });
    expect(await ask("NOT AN IMAGE")).toMatchObject({ kind: "invalid" });
    expect(await ask(`127.0.0.1:${await closedPort()}/a/b`)).toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("is what it was where the registry is away, if the operator will have it so, and for nobody else", async () => {
    let away = false;
    const client = createRegistryClient({ insecure: [locked.host] });
    const leaving = {
      ...client,
      manifest: async (...args: Parameters<typeof client.manifest>) => {
        if (away) throw new RegistryError("unavailable", "it is away");
        return client.manifest(...args);
      },
    };
    const image = `${locked.host}/acme/web:1`;
    const strict = createImageCommands({ client: leaving, tagTtlMs: 1 });
    const lenient = createImageCommands({ client: leaving, tagTtlMs: 1, unreachable: "last-known" });
    const known = logins(USER.password);
    for (const images of [strict, lenient]) await images.commandOf(image, POD, known, signal);
    away = true;
    await sleep(10);
    expect(await lenient.commandOf(image, POD, known, signal)).toMatchObject({ entrypoint: ["/web"] });
    expect(await refusal(strict.commandOf(image, POD, known, signal))).toMatchObject({ kind: "unavailable" });
    for (const others of [[], logins("wrong")])
      expect(await refusal(lenient.commandOf(image, POD, others, signal))).toMatchObject({
        kind: "unavailable",
      });
  });

  it("is not waited for beyond its time", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const thrown = await refusal(
      commands({ timeoutMs: 300 }).commandOf(`127.0.0.1:${port}/a/b`, POD, [], signal),
    );
    expect(thrown).toMatchObject({ kind: "unavailable", message: expect.stringContaining("0.3 seconds") });
    silent.closeAllConnections();
    silent.close();
  });

  it("is not looked for where only this machine can reach", async () => {
    const client = createRegistryClient();
    const images = createImageCommands({ client });
    for (const host of ["127.0.0.1:5000", "169.254.169.254", "localhost:5000", "[::1]:5000"]) {
      const { kind, message } = await refusal(images.commandOf(`${host}/a/b`, POD, [], signal));
      expect([kind, /no address|ERR_BLOCKED_ADDRESS/.test(message)]).toEqual([
        expect.stringMatching(/denied|unavailable/),
        true,
      ]);
    }
  });

  it("must be what its digest says", async () => {
    const lying = createServer((request, response) => {
      response.end(
        request.url?.includes("manifests")
          ? JSON.stringify({ config: { digest: `sha256:${"0".repeat(64)}`, size: 2 } })
          : "{}",
      );
    });
    await new Promise<void>((resolve) => lying.listen(0, "127.0.0.1", resolve));
    const { port } = lying.address() as AddressInfo;
    expect(await refusal(commands().commandOf(`127.0.0.1:${port}/a/b`, POD, [], signal))).toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("another digest"),
    });
    lying.closeAllConnections();
    lying.close();
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
