import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SessionOptions, VaultAuth } from "../src/vault-options.js";
import { realVault } from "./real-vault.js";
import { recordingProxy } from "./scripted-server.js";
import { contextOf, failure, openVault, read, reveal, tempFile } from "./support.js";

const server = await realVault();

describe.runIf(server.available)("a login that goes from one program to the next", () => {
  const { address, api } = server;
  const login = async (): Promise<VaultAuth> => ({
    userpass: { username: "u", passwordFile: await tempFile("p") },
  });
  beforeAll(async () => {
    await api("POST", "sys/auth/userpass", { type: "userpass" });
    await api("PUT", "sys/policies/acl/reader", {
      policy: 'path "secret/data/auth" { capabilities = ["read"] }',
    });
    await api("POST", "secret/data/auth", { data: { a: "1" } });
    await api("POST", "auth/userpass/users/u", { password: "p", token_policies: ["reader"] });
  });
  afterAll(server.stop);

  /** A proxy that counts, and programs that open one after the other over it. */
  const programs = async () => {
    const proxy = await recordingProxy(address);
    const auth = await login();
    const open = (session: SessionOptions) => openVault({ address: proxy.address, auth, session });
    return { open, logins: () => proxy.asked.filter((line) => line.includes("/login")).length };
  };
  const lookUp = async (token: string) => api("POST", "auth/token/lookup", { token });

  it("logs in once for all of them, and ends with the last", async () => {
    const { open, logins } = await programs();
    const file = `${await tempFile("")}.session`;
    const first = open({ file, keep: true });
    expect(await reveal(first, "secret/auth")).toEqual({ a: "1" });
    await first[Symbol.asyncDispose]();
    const token = await readFile(file, "utf8");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await lookUp(token);

    const second = open({ file });
    expect(await reveal(second, "secret/auth")).toEqual({ a: "1" });
    expect(await readFile(file, "utf8")).toBe(token);
    expect(logins()).toBe(1);
    await second[Symbol.asyncDispose]();
    await expect(lookUp(token)).rejects.toThrow("403");
  });

  it("logs in anew where the token is over, and leaves the new one", async () => {
    const { open, logins } = await programs();
    const file = await tempFile("hvs.nobodys");
    await chmod(file, 0o600);
    const provider = open({ file, keep: true });
    expect(await reveal(provider, "secret/auth")).toEqual({ a: "1" });
    expect(logins()).toBe(1);
    expect(await readFile(file, "utf8")).not.toBe("hvs.nobodys");
  });

  it("does not take a token that others may have put there", async () => {
    const { open, logins } = await programs();
    const file = await tempFile(server.token);
    await chmod(file, 0o644);
    expect(await failure(open({ file }), "secret/other")).toMatchObject({ status: "denied" });
    expect(logins()).toBe(1);
  });

  it("keeps the token for later where the server is away", async () => {
    const file = `${await tempFile("")}.session`;
    await writeFile(file, "hvs.kept", { mode: 0o600 });
    const provider = openVault({ address: "http://127.0.0.1:9", auth: await login(), session: { file } });
    expect(await read(provider, "secret/auth", contextOf())).toMatchObject({ status: "unavailable" });
    expect(await readFile(file, "utf8")).toBe("hvs.kept");
  });

  it("says which file it cannot write", async () => {
    const { open } = await programs();
    const outcome = await failure(open({ file: `${await tempFile("")}/session` }), "secret/auth");
    expect(outcome).toMatchObject({
      status: "invalid",
      message: expect.stringContaining("/session cannot be used (ENOTDIR)"),
    });
  });
});
