import { createSecretResolver } from "@sluice/core";
import { afterAll, describe, expect, it } from "vitest";
import { vault } from "../src/vault.js";
import { realVault } from "./real-vault.js";
import { recordingProxy } from "./scripted-server.js";
import { contextOf, failure, found, openVault, read, reveal } from "./support.js";

const CANARY = "canary-71c9e2";

const server = await realVault();

describe.runIf(server.available)("reading key-value engines of a real server", () => {
  afterAll(server.stop);
  const { address, token, api } = server;
  const open = (as = token, at = address) => openVault({ address: at }, { VAULT_TOKEN: as });
  let mounts = 0;
  const mountV1 = async (): Promise<string> => {
    const name = `old${(mounts += 1)}`;
    await api("POST", `sys/mounts/${name}`, { type: "kv", options: { version: "1" } });
    return name;
  };
  const limited = async (rules: string): Promise<string> => {
    const name = `policy${(mounts += 1)}`;
    await api("PUT", `sys/policies/acl/${name}`, { policy: rules });
    const { auth } = await api("POST", "auth/token/create", { policies: [name] });
    return (auth as { client_token: string }).client_token;
  };

  it("reads version 2, by the path people write and by the one of the API", async () => {
    await api("POST", "secret/data/app/db", { data: { user: "u", password: "p" } });
    const provider = open();
    expect(await reveal(provider, "secret/app/db")).toEqual({ user: "u", password: "p" });
    expect(await reveal(provider, "secret/data/app/db")).toEqual({ user: "u", password: "p" });
    const { version, updatedAt, lease } = await found(provider, "secret/app/db");
    expect(version).toBe("1");
    expect(Math.abs(Date.now() - (updatedAt ?? 0))).toBeLessThan(60_000);
    expect(lease).toBeUndefined();
  });

  it("reads version 1, also a secret with fields named data and metadata", async () => {
    const mount = await mountV1();
    await api("POST", `${mount}/app`, { data: { data: "inner" }, metadata: "m", plain: "x" });
    await api("POST", `${mount}/data/app`, { a: "below data" });
    const provider = open();
    expect(await reveal(provider, `${mount}/app`)).toEqual({
      data: '{"data":"inner"}',
      metadata: "m",
      plain: "x",
    });
    expect(await reveal(provider, `${mount}/data/app`)).toEqual({ a: "below data" });
    const found1 = await found(provider, `${mount}/app`);
    expect(found1).not.toHaveProperty("version");
    expect(found1).not.toHaveProperty("lease");
    expect(await failure(provider, `${mount}/app`, { kind: "exact", version: "1" })).toMatchObject({
      status: "unsupported",
    });
  });

  it("reads a secret of version 2 that has a field called data", async () => {
    await api("POST", "secret/data/odd", { data: { data: { a: 1 }, metadata: "m" } });
    expect(await reveal(open(), "secret/odd")).toEqual({ data: '{"a":1}', metadata: "m" });
  });

  it("reads earlier versions, and tells those that are gone", async () => {
    for (const a of ["one", "two", "three"]) await api("POST", "secret/data/versions", { data: { a } });
    await api("POST", "secret/delete/versions", { versions: [1] });
    await api("POST", "secret/destroy/versions", { versions: [2] });
    const provider = open();
    const exact = (version: string) => ({ kind: "exact", version }) as const;
    expect(await reveal(provider, "secret/versions", exact("3"))).toEqual({ a: "three" });
    const gone = { status: "not-found" };
    expect(await failure(provider, "secret/versions", exact("1"))).toMatchObject({
      ...gone,
      reason: "version-deleted",
    });
    expect(await failure(provider, "secret/versions", exact("2"))).toMatchObject({
      ...gone,
      reason: "version-destroyed",
    });
    expect(await failure(provider, "secret/versions", exact("9"))).toMatchObject({
      ...gone,
      reason: "no-such-version",
    });
    expect(await failure(provider, "secret/versions", exact("0"))).toMatchObject(gone);
    expect(await failure(provider, "secret/versions", exact("1&x=1"))).toMatchObject(gone);
    await api("DELETE", "secret/data/versions");
    expect(await failure(provider, "secret/versions")).toMatchObject({ ...gone, reason: "version-deleted" });
  });

  it("tells when a version will be deleted", async () => {
    await api("POST", "secret/metadata/passing", { delete_version_after: "1h" });
    await api("POST", "secret/data/passing", { data: { a: "1" } });
    const { expiresAt } = await found(open(), "secret/passing");
    expect(Math.abs(Date.now() + 3_600_000 - (expiresAt ?? 0))).toBeLessThan(60_000);
  });

  it("tells what is missing: the secret, or the engine", async () => {
    const provider = open();
    expect(await failure(provider, "secret/nope")).toMatchObject({
      status: "not-found",
      reason: "no-such-path",
    });
    expect(await failure(provider, "nowhere/nope")).toMatchObject({
      status: "not-found",
      reason: "no-such-mount",
    });
    expect(await failure(provider, "sys/mounts")).toMatchObject({ status: "invalid", reason: "bad-path" });
    expect(await failure(provider, "auth/token/lookup-self")).toMatchObject({ status: "invalid" });
    expect(await failure(provider, "secret/../sys/mounts")).toMatchObject({ status: "invalid" });
  });

  it("answers for each of a batch, also where the token may not read", async () => {
    await api("POST", "secret/data/mine", { data: { a: CANARY } });
    await api("POST", "secret/data/theirs", { data: { a: CANARY } });
    const mine = await limited('path "secret/data/mine" { capabilities = ["read"] }');
    const request = { selector: { kind: "whole" }, version: { kind: "latest" }, volatile: false } as const;
    const paths = ["secret/mine", "secret/theirs", "secret/nope", "secret//x", "secret/mine"];
    const outcomes = await open(mine).resolve(
      paths.map((path, at) => ({ id: String(at), path, ...request })),
      contextOf(),
    );
    expect(outcomes.map(({ id, status }) => [id, status])).toEqual([
      ["0", "found"],
      ["1", "denied"],
      ["2", "denied"],
      ["3", "invalid"],
      ["4", "found"],
    ]);
    expect(JSON.stringify(outcomes)).not.toContain(CANARY);
  });

  it("refuses a token the server does not know", async () => {
    const outcome = await failure(open(`hvs.${CANARY}`), "secret/mine");
    expect(outcome).toMatchObject({ status: "denied", reason: "permission-denied" });
    expect(JSON.stringify(outcome)).not.toContain(CANARY);
  });

  it.each([
    ["unicode", "grün 鍵 🔑"],
    ["several lines", " -----BEGIN-----\r\n\tx\n\n"],
    ["nothing", ""],
    ["quotes", `"\\\u0000\u2028'`],
    ["1 MiB", "ä".repeat(512 * 1024)],
  ])("brings through unchanged: %s", async (_what, value) => {
    await api("POST", "secret/data/values", { data: { value } });
    expect(await reveal(open(), "secret/values")).toEqual({ value });
  });

  it("reads a path beyond ASCII, and one with characters that URLs take for something else", async () => {
    const provider = open();
    for (const name of ["schlüssel/鍵", "a b", "per%cent", "what?x=1", "hash#1", "a+b&c=d;e"]) {
      await api("POST", `secret/data/${name.split("/").map(encodeURIComponent).join("/")}`, {
        data: { name },
      });
      expect(await reveal(provider, `secret/${name}`)).toEqual({ name });
    }
  });

  it("sees a changed value with the next read", async () => {
    const provider = open();
    const seen: unknown[] = [];
    for (const a of ["1", "2", "1"]) {
      await api("POST", "secret/data/changing", { data: { a } });
      seen.push([
        (await reveal(provider, "secret/changing"))["a"],
        (await found(provider, "secret/changing")).version,
      ]);
    }
    expect(seen).toEqual([
      ["1", "1"],
      ["2", "2"],
      ["1", "3"],
    ]);
  });

  it("serves 100 keys of 10 secrets with 10 reads, through the resolver", async () => {
    const proxy = await recordingProxy(address);
    const keys = Array.from({ length: 10 }, (_, at) => `k${at}`);
    for (const secret of keys)
      await api("POST", `secret/data/many/${secret}`, {
        data: Object.fromEntries(keys.map((key) => [key, `${secret}.${key}`])),
      });
    const stores = { prod: vault({ address: proxy.address, auth: { token: { tokenVariable: "TOKEN" } } }) };
    await using secrets = createSecretResolver({ stores, environment: { TOKEN: token } });
    const references = keys.flatMap((secret) =>
      keys.map((key) => [`${secret}.${key}`, `secret://prod/secret/many/${secret}#${key}`] as const),
    );
    const values = await secrets.getAll(
      Object.fromEntries(references) as Record<string, `secret://prod/${string}`>,
    );
    for (const [label, value] of Object.entries(values)) expect(value.text()).toBe(label);
    expect(Object.keys(values)).toHaveLength(100);
    expect(proxy.asked.filter((asked) => asked.startsWith("GET /v1/secret/"))).toHaveLength(10);
    expect(proxy.asked.filter((asked) => asked.includes("/sys/internal/ui/mounts/"))).toHaveLength(1);
  });

  it("finds its engine where the server does not tell, if the options do", async () => {
    const proxy = await recordingProxy(address);
    await api("POST", "secret/data/told", { data: { a: "1" } });
    // Only through the mounts of the server itself is it refused.
    const blind = await limited(
      'path "secret/data/told" { capabilities = ["read"] }\npath "sys/internal/ui/mounts/*" { capabilities = ["deny"] }',
    );
    const told = openVault({ address: proxy.address, kvVersion: 2 }, { VAULT_TOKEN: blind });
    expect(await reveal(told, "secret/told")).toEqual({ a: "1" });
    expect(await read(told, "secret/told")).toMatchObject({ status: "found" });
  });
});
