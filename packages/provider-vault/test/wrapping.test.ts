import { rm, writeFile } from "node:fs/promises";
import type { DelegatedIdentity } from "@sluice/core";
import { afterAll, describe, expect, it } from "vitest";
import { realVault } from "./real-vault.js";
import { recordingProxy } from "./scripted-server.js";
import { contextOf, failure, openVault, readAll, reveal, tempFile } from "./support.js";

const PATH = "sys/wrapping/unwrap/boot";

const server = await realVault();

describe.runIf(server.available)("what a real server wrapped", () => {
  afterAll(server.stop);
  const { address, token, api } = server;
  const wrap = async (method: string, path: string, body?: object): Promise<string> => {
    const answer = await fetch(`${address}/v1/${path}`, {
      method,
      headers: { "X-Vault-Token": token, "X-Vault-Wrap-TTL": "60s" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const { wrap_info: wrapped } = (await answer.json()) as { wrap_info: { token: string } };
    return wrapped.token;
  };

  it("is read as often as need be, with one unwrapping", async () => {
    await api("POST", "secret/data/wrapped", { data: { a: "1", data: "inner" } });
    const tokenFile = await tempFile(await wrap("GET", "secret/data/wrapped"));
    const proxy = await recordingProxy(address);
    // Nothing but the wrapping token is needed: the store has none of its own.
    const provider = openVault({ address: proxy.address, wrapped: { boot: { tokenFile, kvVersion: 2 } } });
    const outcomes = await readAll(provider, [PATH, PATH, PATH]);
    expect(outcomes.map(({ status }) => status)).toEqual(["found", "found", "found"]);
    expect(await reveal(provider, PATH)).toEqual({ a: "1", data: "inner" });
    expect(proxy.asked).toEqual(["POST /v1/sys/wrapping/unwrap"]);
    await writeFile(tokenFile, await wrap("POST", "sys/wrapping/wrap", { data: { b: "2" } }));
    expect(await reveal(provider, PATH)).toEqual({ b: "2" });
  });

  it("is taken as it is where it is of no key-value engine", async () => {
    const tokenFile = await tempFile(await wrap("POST", "sys/wrapping/wrap", { b: "2", data: { c: 3 } }));
    const provider = openVault({ address, wrapped: { boot: { tokenFile } } });
    expect(await reveal(provider, PATH)).toEqual({ b: "2", data: '{"c":3}' });
  });

  it("is denied where somebody else was first, without telling the token", async () => {
    const wrapping = await wrap("POST", "sys/wrapping/wrap", { b: "2" });
    const tokenFile = await tempFile(wrapping);
    const options = { address, wrapped: { boot: { tokenFile } } };
    await reveal(openVault(options), PATH);
    const outcome = await failure(openVault(options), PATH);
    expect(outcome).toMatchObject({ status: "denied", reason: "wrapping-token" });
    expect(JSON.stringify(outcome)).not.toContain(wrapping);
    await rm(tokenFile);
    expect(await failure(openVault(options), PATH)).toMatchObject({ status: "invalid", reason: "ENOENT" });
  });

  it("is for the store itself, by its name and in no version", async () => {
    const tokenFile = await tempFile(await wrap("POST", "sys/wrapping/wrap", { b: "2" }));
    const auth = { jwt: { role: "r", tokenFile } };
    const provider = openVault({ address, wrapped: { boot: { tokenFile } }, auth });
    const identity: DelegatedIdentity = {
      kind: "delegated",
      cacheKey: "w",
      subject: "w",
      getToken: async () => "",
    };
    expect(await readAll(provider, [PATH], { context: contextOf({ identity }) })).toMatchObject([
      { status: "unsupported", reason: "wrapped" },
    ]);
    expect(await failure(provider, PATH, { kind: "exact", version: "1" })).toMatchObject({
      status: "unsupported",
    });
    expect(await failure(provider, `${PATH}x`)).toMatchObject({ status: "invalid", reason: "bad-path" });
    expect(await reveal(provider, PATH)).toEqual({ b: "2" });
  });

  it("may be the token to log in with, which is revoked in the end", async () => {
    await api("POST", "secret/data/wrapped", { data: { a: "1" } });
    const wrapping = await wrap("POST", "auth/token/create", { policies: ["root"], ttl: "1h" });
    const tokenFile = await tempFile(wrapping);
    const proxy = await recordingProxy(address);
    const options = { address: proxy.address, auth: { token: { tokenFile, wrapped: true } } };
    const provider = openVault(options);
    await Promise.all([reveal(provider, "secret/wrapped"), reveal(provider, "secret/wrapped")]);
    expect(proxy.asked.filter((line) => line.includes("unwrap"))).toHaveLength(1);
    await provider[Symbol.asyncDispose]();
    expect(proxy.asked.at(-1)).toBe("POST /v1/auth/token/revoke-self");
    expect(await failure(openVault(options), "secret/wrapped")).toMatchObject({ reason: "wrapping-token" });
  });
});
