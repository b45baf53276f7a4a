import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { waitUntil } from "../../../test/servers/shared/wait-until.js";
import { json, scriptedServer, serverWithEngine } from "./scripted-server.js";
import { contextOf, failure, openVault, put, read, reveal, tempFile } from "./support.js";

const CANARY = "canary-1f8b0c";
const ENVIRONMENT = { VAULT_TOKEN: "t" };

function secretOf(fields: object): object {
  return {
    data: { data: fields, metadata: { version: 1, created_time: "2026-01-02T03:04:05Z", deletion_time: "" } },
  };
}

describe("the way to the server", () => {
  it("closes the socket when a call is cancelled, and works on", async () => {
    let hang = true;
    const server = await serverWithEngine((_request, response) => {
      if (!hang) json(response, 200, secretOf({ a: "1" }));
    });
    const provider = openVault({ address: server.address }, ENVIRONMENT);
    const controller = new AbortController();
    const reading = read(provider, "secret/a", contextOf({ signal: controller.signal }));
    await waitUntil("the read is under way", () => server.asked.length === 2, { intervalMs: 5 });
    expect(server.connections().open).toBe(1);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await waitUntil("the socket is closed", () => server.connections().open === 0, {
      timeoutMs: 2000,
      intervalMs: 5,
    });
    hang = false;
    expect(await reveal(provider, "secret/a")).toEqual({ a: "1" });
  });

  it("asks nothing under a signal that aborted before", async () => {
    const server = await serverWithEngine((_request, response) => json(response, 200, secretOf({})));
    const provider = openVault({ address: server.address }, ENVIRONMENT);
    const context = contextOf({ signal: AbortSignal.abort(new Error("before")) });
    await expect(read(provider, "secret/a", context)).rejects.toThrow("before");
    await expect(provider.check(context)).rejects.toThrow("before");
    await expect(provider.delete({ path: "secret/a" }, context)).rejects.toThrow("before");
    expect(server.asked).toEqual([]);
  });

  it("uses one connection for calls that follow each other, and sends each once", async () => {
    const server = await serverWithEngine((_request, response) => json(response, 200, secretOf({ a: "1" })));
    const provider = openVault({ address: server.address }, ENVIRONMENT);
    for (let at = 0; at < 10; at += 1) await reveal(provider, "secret/a");
    expect(server.connections().made).toBe(1);
    expect(server.asked).toHaveLength(11);
    await provider[Symbol.asyncDispose]();
    await waitUntil("the connection is closed", () => server.connections().open === 0, { timeoutMs: 2000 });
  });

  it.each([
    [429, "throttled", "rate-limit"],
    [412, "throttled", "not-replicated"],
    [503, "unavailable", "sealed"],
    [500, "unavailable", "http-500"],
    [400, "invalid", "http-400"],
  ] as const)(
    "takes HTTP %d for %s, once and without the server's words",
    async (status, expected, reason) => {
      const server = await serverWithEngine((_request, response) =>
        json(response, status, { errors: [`Vault is sealed ${CANARY}`] }, { "retry-after": "7" }),
      );
      const provider = openVault({ address: server.address }, ENVIRONMENT);
      const outcome = await failure(provider, "secret/a");
      const known = status === 500 ? "sealed" : reason;
      expect(outcome).toMatchObject({ status: expected, reason: known });
      expect(outcome.retryAfterMs).toBe(status === 400 ? undefined : 7000);
      expect(inspect(outcome)).not.toContain(CANARY);
      expect(server.asked).toHaveLength(2);
    },
  );

  it("does not follow a redirect", async () => {
    const other = await scriptedServer((_request, response) => json(response, 200, secretOf({ a: CANARY })));
    const server = await serverWithEngine((request, response) =>
      json(response, 307, {}, { location: `${other.address}${request.url}` }),
    );
    const provider = openVault({ address: server.address }, ENVIRONMENT);
    expect(await failure(provider, "secret/a")).toMatchObject({ status: "unavailable", reason: "redirect" });
    expect(other.asked).toEqual([]);
  });

  it("does not take a proxy's 404 page for absence", async () => {
    const server = await serverWithEngine((_request, response) => void response.writeHead(404).end("<html>"));
    const provider = openVault({ address: server.address }, ENVIRONMENT);
    expect(await failure(provider, "secret/a")).toMatchObject({ status: "unavailable", reason: "not-vault" });
  });

  it("gives up on an answer without end", async () => {
    const chunk = Buffer.alloc(1024 * 1024, "a");
    const server = await serverWithEngine((_request, response) => {
      const fill = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", fill);
      fill();
    });
    const provider = openVault({ address: server.address }, ENVIRONMENT);
    expect(await failure(provider, "secret/a")).toMatchObject({ reason: "ANSWER_TOO_LARGE" });
  });

  it("says that nobody listens, at once", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    const provider = openVault({ address: `http://127.0.0.1:${port}` }, ENVIRONMENT);
    const before = performance.now();
    expect(await failure(provider, "secret/a")).toMatchObject({
      status: "unavailable",
      reason: "ECONNREFUSED",
    });
    expect(performance.now() - before).toBeLessThan(5000);
    const { findings } = await provider.check(contextOf());
    expect(findings).toMatchObject([{ aspect: "reachable", status: "failed", remedy: expect.any(String) }]);
  });

  it("says that a connection broke off", async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const provider = openVault({ address: `http://127.0.0.1:${port}` }, ENVIRONMENT);
    expect(await failure(provider, "secret/a")).toMatchObject({
      status: "unavailable",
      reason: "ECONNRESET",
    });
  });

  it("keeps numbers as they are stored", async () => {
    const stored = `{"data":{"data":{"id":12345678901234567890,"rate":1.50},"metadata":{"version":1}}}`;
    const server = await serverWithEngine((_request, response) => void response.writeHead(200).end(stored));
    const provider = openVault({ address: server.address }, ENVIRONMENT);
    expect(await reveal(provider, "secret/a")).toEqual({ id: "12345678901234567890", rate: "1.50" });
  });

  it("writes numbers as they are given", async () => {
    let written = "";
    const server = await serverWithEngine((_request, response, body) => {
      written = body.toString();
      json(response, 200, { data: { version: 1 } });
    });
    const provider = openVault({ address: server.address }, ENVIRONMENT);
    await put(provider, "secret/a", `{"id":12345678901234567890}`);
    expect(written).toBe(`{"data":{"id":12345678901234567890}}`);
  });

  it("sends the token and the namespace, and nothing of the process's own environment", async () => {
    const seen: Record<string, unknown>[] = [];
    const server = await scriptedServer((request, response) => {
      seen.push(request.headers);
      json(response, 404, { errors: [] });
    });
    process.env["VAULT_TOKEN"] = CANARY;
    process.env["VAULT_NAMESPACE"] = CANARY;
    onTestFinished(() => {
      delete process.env["VAULT_TOKEN"];
      delete process.env["VAULT_NAMESPACE"];
    });
    const tokenFile = await tempFile("from-file\n");
    await failure(
      openVault({ address: server.address, namespace: "team", auth: { token: { tokenFile } } }),
      "secret/a",
    );
    expect(seen[0]).toMatchObject({ "x-vault-token": "from-file", "x-vault-namespace": "team" });
    const passwordFile = await tempFile("p");
    const auth = { userpass: { username: "u", passwordFile } };
    await failure(openVault({ address: server.address, auth }), "secret/a");
    expect(seen[1]).not.toHaveProperty("x-vault-token");
    expect(seen[1]).not.toHaveProperty("x-vault-namespace");
  });

  it("loads its library with the first call only", async () => {
    const entry = new URL("../dist/index.js", import.meta.url).href;
    const script = `
      import { createRequire } from "node:module";
      import { vault } from ${JSON.stringify(entry)};
      const { cache } = createRequire(${JSON.stringify(entry)});
      const loaded = () => Object.keys(cache).some((path) => path.includes("node-vault"));
      const provider = vault({ address: "http://127.0.0.1:1" }).create(
        { store: "s", baseDirectory: "/", environment: { VAULT_TOKEN: "t" } });
      const before = loaded();
      const signal = new AbortController().signal;
      await provider.check({ signal, deadline: Date.now() + 5000, identity: { kind: "self" }, trace: { id: "t" } });
      console.log(JSON.stringify([before, loaded()]));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
    expect(JSON.parse(stdout)).toEqual([false, true]);
  });
});
