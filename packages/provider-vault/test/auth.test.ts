import { writeFile } from "node:fs/promises";
import type { DelegatedIdentity } from "@sluice/core";
import { afterAll, describe, expect, it } from "vitest";
import { waitUntil } from "../../../test/servers/shared/wait-until.js";
import type { VaultAuth } from "../src/vault-options.js";
import { jwtIssuer } from "./jwt-issuer.js";
import { realVault } from "./real-vault.js";
import { recordingProxy } from "./scripted-server.js";
import { contextOf, failure, openVault, read, reveal, tempFile } from "./support.js";

const CANARY = "canary-pw-40e1";

const server = await realVault();

describe.runIf(server.available)("logging in to a real server", () => {
  afterAll(server.stop);
  const { address, api } = server;
  const open = (auth: VaultAuth, at = address) => openVault({ address: at, auth });
  const logins = (asked: readonly string[]) => asked.filter((line) => line.includes("/login")).length;
  let users = 0;
  const user = async (token: object = {}): Promise<VaultAuth> => {
    const username = `user.${(users += 1)}`;
    if (users === 1) {
      await api("POST", "sys/auth/userpass", { type: "userpass" });
      await api("PUT", "sys/policies/acl/reader", {
        policy: 'path "secret/data/auth" { capabilities = ["read"] }',
      });
      await api("POST", "secret/data/auth", { data: { a: "1" } });
    }
    const body = { password: CANARY, token_policies: ["reader"], ...token };
    await api("POST", `auth/userpass/users/${encodeURIComponent(username)}`, body);
    return { userpass: { username, passwordFile: await tempFile(`${CANARY}\n`) } };
  };

  it("logs in once for many, with a user's name and password", async () => {
    const auth = await user();
    const proxy = await recordingProxy(address);
    const provider = open(auth, proxy.address);
    await Promise.all(Array.from({ length: 20 }, async () => reveal(provider, "secret/auth")));
    expect(logins(proxy.asked)).toBe(1);
    expect(await failure(provider, "secret/other")).toMatchObject({ status: "denied" });
    // The token is known to be good: a refusal is no reason for another login.
    expect(logins(proxy.asked)).toBe(1);
  });

  it("is denied with a wrong password, which is not told", async () => {
    const auth = await user();
    if (!("userpass" in auth)) throw new Error("no user");
    await writeFile(auth.userpass.passwordFile ?? "", `${CANARY}-wrong`);
    const outcome = await failure(open(auth), "secret/auth");
    expect(outcome).toMatchObject({ status: "denied", reason: "login-refused" });
    expect(JSON.stringify(outcome)).not.toContain(CANARY);
  });

  it("renews its token before that ends", async () => {
    const auth = await user({ token_ttl: "3s", token_max_ttl: "1h" });
    const proxy = await recordingProxy(address);
    const provider = open(auth, proxy.address);
    await reveal(provider, "secret/auth");
    await waitUntil(
      "two renewals",
      () => proxy.asked.filter((line) => line.endsWith("auth/token/renew-self")).length >= 2,
    );
    await reveal(provider, "secret/auth");
    expect(logins(proxy.asked)).toBe(1);
  });

  it("logs in again when the longest life of its token is over", async () => {
    const auth = await user({ token_ttl: "2s", token_max_ttl: "2s" });
    const proxy = await recordingProxy(address);
    const provider = open(auth, proxy.address);
    await reveal(provider, "secret/auth");
    await waitUntil("a second login", async () => {
      await reveal(provider, "secret/auth");
      return logins(proxy.asked) > 1;
    });
    expect(logins(proxy.asked)).toBe(2);
  });

  it("logs in again, once, when its token was revoked", async () => {
    const auth = await user();
    const proxy = await recordingProxy(address);
    const provider = open(auth, proxy.address);
    await reveal(provider, "secret/auth");
    if ("userpass" in auth)
      await api(
        "PUT",
        `sys/leases/revoke-prefix/auth/userpass/login/${encodeURIComponent(auth.userpass.username)}`,
      );
    const many = Array.from({ length: 10 }, async () => reveal(provider, "secret/auth"));
    expect(await Promise.all(many)).toEqual(many.map(() => ({ a: "1" })));
    expect(logins(proxy.asked)).toBe(2);
  });

  it("reads its token's file again when the token is refused", async () => {
    const issue = async (): Promise<string> => {
      const { auth } = await api("POST", "auth/token/create", { policies: ["reader"] });
      return (auth as { client_token: string }).client_token;
    };
    await user();
    const [first, second] = [await issue(), await issue()];
    const tokenFile = await tempFile(first);
    const provider = open({ token: { tokenFile } });
    expect(await reveal(provider, "secret/auth")).toEqual({ a: "1" });
    await writeFile(tokenFile, second);
    await api("POST", "auth/token/revoke", { token: first });
    expect(await reveal(provider, "secret/auth")).toEqual({ a: "1" });
    await provider[Symbol.asyncDispose]();
    // It is not ours to revoke.
    await api("POST", "auth/token/lookup", { token: second });
  });

  it("revokes its token when it is closed", async () => {
    const auth = await user();
    const proxy = await recordingProxy(address);
    const provider = open(auth, proxy.address);
    await reveal(provider, "secret/auth");
    const before = await accessors();
    await provider[Symbol.asyncDispose]();
    expect(proxy.asked.at(-1)).toBe("POST /v1/auth/token/revoke-self");
    expect((await accessors()).length).toBe(before.length - 1);
  });

  it("logs in with an AppRole, also through a wrapping token, which serves for many logins", async () => {
    await user();
    await api("POST", "sys/auth/approle", { type: "approle" });
    await api("POST", "auth/approle/role/app", { token_policies: ["reader"] });
    const roleId = String(dataOf(await api("GET", "auth/approle/role/app/role-id"))["role_id"]);
    const secretId = String(dataOf(await api("POST", "auth/approle/role/app/secret-id"))["secret_id"]);
    const plain = open({ approle: { roleId, secretIdFile: await tempFile(secretId) } });
    expect(await reveal(plain, "secret/auth")).toEqual({ a: "1" });

    const { wrap_info: wrap } = await fetchJson(
      `${address}/v1/auth/approle/role/app/secret-id`,
      server.token,
    );
    const secretIdFile = await tempFile((wrap as { token: string }).token);
    const proxy = await recordingProxy(address);
    const wrapped = open({ approle: { roleId, secretIdFile, wrapped: true } }, proxy.address);
    expect(await reveal(wrapped, "secret/auth")).toEqual({ a: "1" });
    await api("PUT", "sys/leases/revoke-prefix/auth/approle/login");
    expect(await reveal(wrapped, "secret/auth")).toEqual({ a: "1" });
    expect(proxy.asked.filter((line) => line.endsWith("sys/wrapping/unwrap"))).toHaveLength(1);
    expect(
      await read(open({ approle: { roleId, secretIdFile, wrapped: true } }), "secret/auth"),
    ).toMatchObject({
      status: "denied",
    });
  });

  it("acts as the workload whose token it is given, apart from others", async () => {
    const issuer = jwtIssuer();
    await api("POST", "sys/auth/jwt", { type: "jwt" });
    const accessor = (dataOf(await api("GET", "sys/auth"))["jwt/"] as { accessor: string }).accessor;
    await api("POST", "auth/jwt/config", { jwt_validation_pubkeys: [issuer.publicKey] });
    const own = `secret/data/of/{{identity.entity.aliases.${accessor}.name}}`;
    await api("PUT", "sys/policies/acl/own", { policy: `path "${own}" { capabilities = ["read"] }` });
    const role = { role_type: "jwt", user_claim: "sub", bound_audiences: ["vault"], token_policies: ["own"] };
    await api("POST", "auth/jwt/role/app", role);
    const tokenFile = await tempFile(issuer.issue("ourselves", "vault"));
    const provider = open({ jwt: { role: "app", tokenFile } });
    const as = (subject: string): DelegatedIdentity => ({
      kind: "delegated",
      cacheKey: subject,
      subject,
      getToken: async (audience) => issuer.issue(subject, audience),
    });
    for (const name of ["web", "job", "ourselves"])
      await api("POST", `secret/data/of/${name}`, { data: { name } });
    const cases = ["web", "job"].flatMap((who) =>
      ["web", "job", "ourselves"].map((whose) => [who, whose] as const),
    );
    await Promise.all(
      cases.map(async ([who, whose]) => {
        const outcome = await read(provider, `secret/of/${whose}`, contextOf({ identity: as(who) }));
        expect(outcome.status).toBe(who === whose ? "found" : "denied");
      }),
    );
    expect(await reveal(provider, "secret/of/ourselves")).toEqual({ name: "ourselves" });
    expect(await failure(provider, "secret/of/web")).toMatchObject({ status: "denied" });
  });

  it("does not act for a workload with an auth that knows none", async () => {
    const provider = openVault({ address }, { VAULT_TOKEN: server.token });
    const identity: DelegatedIdentity = {
      kind: "delegated",
      cacheKey: "w",
      subject: "w",
      getToken: async () => "",
    };
    expect(await read(provider, "secret/auth", contextOf({ identity }))).toMatchObject({
      status: "unsupported",
      reason: "delegation",
    });
  });

  async function accessors(): Promise<unknown[]> {
    return dataOf(await api("LIST", "auth/token/accessors"))["keys"] as unknown[];
  }
});

function dataOf(answer: Record<string, unknown>): Record<string, unknown> {
  return answer["data"] as Record<string, unknown>;
}

async function fetchJson(url: string, token: string): Promise<Record<string, unknown>> {
  const headers = { "X-Vault-Token": token, "X-Vault-Wrap-TTL": "60s" };
  const answer = await fetch(url, { method: "POST", headers });
  return (await answer.json()) as Record<string, unknown>;
}
