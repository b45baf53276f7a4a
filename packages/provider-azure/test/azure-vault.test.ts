import { randomUUID } from "node:crypto";
import { SecretValue } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAzure } from "../../../test/servers/azure.js";
import { KeyVault } from "../../../test/servers/key-vault.js";
import { registerWeb } from "./applications.js";
import { call, write } from "./call.js";
import { contextOf, failed, field, found, openAzure, read, requestOf, textOf } from "./support.js";

// What any Key Vault does: the one that the environment names, else the emulator.
const server = await startAzure();
if (server.kind === "unavailable") process.stderr.write(`\nSKIPPED: secrets in Azure: ${server.reason}\n\n`);

const fresh = (): string => `t-${randomUUID()}`;

describe.runIf(server.kind === "running")("secrets in a Key Vault", () => {
  if (server.kind === "unavailable") return;
  const azure = openAzure(server);
  beforeAll(async () => {
    if (server instanceof KeyVault) await registerWeb(server);
  });
  afterAll(async () => server.stop());

  it.each([
    ["unicode", "Grüße 密碼 🔑"],
    ["several lines", "-----\nline\r\n\n end \n"],
    ["white space", "  "],
    ["nothing", ""],
    ["25 KiB", "x".repeat(25 * 1024)],
  ])("come through unchanged: %s", async (_what, value) => {
    const name = fresh();
    await write(server, name, value);
    expect(textOf(await read(azure, name))).toBe(value);
    expect(textOf(await read(azure, `secrets/${name}`))).toBe(value);
  });

  it("that are not there are not found", async () => {
    expect(await read(azure, fresh())).toMatchObject({ status: "not-found", message: "is not there" });
  });

  it("tell when they were made, and what they are", async () => {
    const name = fresh();
    const version = await write(server, name, "{}", { contentType: "application/json" });
    const outcome = found(await read(azure, name));
    expect(outcome).toMatchObject({ version, contentType: "application/json" });
    expect(Math.abs(Date.now() - (outcome.updatedAt ?? 0))).toBeLessThan(60_000);
  });

  it("keep their earlier versions", async () => {
    const name = fresh();
    const first = await write(server, name, "one");
    const second = await write(server, name, "two");
    const exact = (version: string) => ({ version: { kind: "exact", version } as const });
    expect(textOf(await read(azure, name, exact(first)))).toBe("one");
    expect(found(await read(azure, name))).toMatchObject({ version: second });
    for (const version of ["0".repeat(32), "nonsense"])
      expect(await read(azure, name, exact(version))).toMatchObject({ status: "not-found" });
  });

  it("have the fields of a JSON object", async () => {
    const name = fresh();
    await write(server, name, '{"user":"u","port":18446744073709551615,"deep":{"a":1},"none":null}');
    expect(textOf(await field(azure, name, "user"))).toBe("u");
    expect(textOf(await field(azure, name, "port"))).toBe("18446744073709551615");
    expect(textOf(await field(azure, name, "deep"))).toBe('{"a":1}');
    expect(await field(azure, name, "none")).toMatchObject({ status: "invalid", reason: "field-null" });
    expect(await field(azure, name, "absent")).toMatchObject({
      status: "not-found",
      reason: "field-missing",
    });
  });

  it("that are disabled, expired or not yet valid are told so, without their value", async () => {
    const now = Math.floor(Date.now() / 1000);
    const [off, past, future] = [fresh(), fresh(), fresh()];
    await write(server, off, "canary-state", { attributes: { enabled: false } });
    await write(server, past, "canary-state", { attributes: { exp: now - 60 } });
    await write(server, future, "canary-state", { attributes: { nbf: now + 600 } });
    const outcomes = await Promise.all([off, past, future].map(async (name) => read(azure, name)));
    expect(outcomes.map(({ status }) => status)).toEqual(["disabled", "expired", "disabled"]);
    expect(JSON.stringify(outcomes)).not.toContain("canary-state");
    expect(failed(outcomes[2] as never).reason).toBe("not-yet-valid");
  });

  it("are answered one by one in a batch", async () => {
    const name = fresh();
    await write(server, name, "there");
    const paths = [name, fresh(), "no path", name, `keys/${fresh()}`];
    const requests = paths.map((path, index) => requestOf(path, { id: String(index) }));
    const outcomes = await azure.resolve(requests, contextOf());
    expect(outcomes.map(({ id, status }) => `${id} ${status}`)).toEqual([
      "0 found",
      "1 not-found",
      "2 invalid",
      "3 found",
      "4 not-found",
    ]);
  });

  it("are written, with the content type they had, and deleted", async () => {
    const name = fresh();
    const put = async (text: string) =>
      azure.put({ path: name, value: SecretValue.fromText(text) }, contextOf());
    expect(await put("one")).toMatchObject({ status: "created" });
    await write(server, name, "typed", { contentType: "text/x", tags: { owner: "us" } });
    const updated = await put("two");
    expect(updated.status).toBe("updated");
    expect(found(await read(azure, name))).toMatchObject({ contentType: "text/x" });
    expect((await call(server, "GET", `/secrets/${name}`)).body).toMatchObject({ tags: { owner: "us" } });
    expect(textOf(await read(azure, name))).toBe("two");
    expect(await azure.delete({ path: name }, contextOf())).toEqual({ status: "deleted" });
    expect(await read(azure, name)).toMatchObject({ status: "not-found" });
    expect(await azure.delete({ path: name }, contextOf())).toMatchObject({ status: "not-found" });
    expect(await put("again")).toMatchObject({ status: "conflict" });
  });

  it("are not written twice for one idempotency key", async () => {
    const request = { path: fresh(), value: SecretValue.fromText("one"), idempotencyKey: randomUUID() };
    const [first, second] = await Promise.all([
      azure.put(request, contextOf()),
      azure.put(request, contextOf()),
    ]);
    expect(first.status).toBe("created");
    expect(second).toEqual(first);
    expect(await azure.put(request, contextOf())).toEqual(first);
  });

  it("that Key Vault cannot hold are invalid", async () => {
    const put = async (value: SecretValue) => azure.put({ path: fresh(), value }, contextOf());
    expect(await put(SecretValue.fromBytes(Uint8Array.of(0xff, 0)))).toMatchObject({ reason: "not-text" });
    expect(await put(SecretValue.fromText("x".repeat(25 * 1024 + 1)))).toMatchObject({ status: "invalid" });
  });

  it("are listed, by prefix, once", async () => {
    const group = `l${randomUUID().slice(0, 8)}`;
    await Promise.all(
      Array.from({ length: 30 }, async (__, index) => write(server, `${group}-${index}`, "x")),
    );
    const list = async (prefix: string) => {
      const pages = await Array.fromAsync(azure.list({ prefix }, contextOf()));
      expect(pages.at(-1)).toMatchObject({ complete: true });
      return pages.flatMap(({ items }) => items);
    };
    const listed = await list(`${group}-`);
    expect(new Set(listed.map(({ path }) => path)).size).toBe(30);
    expect(listed[0]).toMatchObject({ enabled: true, updatedAt: expect.any(Number) as number });
    expect((await list(`secrets/${group}-2`)).map(({ path }) => path)).toContain(`secrets/${group}-29`);
    expect(await list(`${group}-none`)).toEqual([]);
  });

  it("can be checked, with the store's clock", async () => {
    const { findings, storeTime = 0 } = await azure.check(contextOf());
    expect(findings.map(({ aspect, status }) => `${aspect} ${status}`)).toEqual([
      "reachable ok",
      "authenticated ok",
      "list ok",
    ]);
    expect(Math.abs(Date.now() - storeTime)).toBeLessThan(60_000);
  });
});
