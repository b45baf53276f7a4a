import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { realVault } from "./real-vault.js";
import { contextOf, failure, found, openVault, put, reveal, tempFile } from "./support.js";

const server = await realVault();

const TEAM = `team-${randomUUID()}`;

/** HashiCorp Vault has namespaces in its Enterprise edition only. */
const hasNamespaces = server.available && (await create());
if (server.available && !hasNamespaces) {
  process.stderr.write("\nSKIPPED: namespaces: this server has none\n\n");
  await server.stop();
}

async function create(): Promise<boolean> {
  try {
    await server.api("POST", `sys/namespaces/${TEAM}`, {});
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes("unsupported path")) return false;
    throw error;
  }
}

describe.runIf(hasNamespaces)("a namespace of a real server", () => {
  afterAll(server.stop);
  const { address, token, api } = server;
  const open = (namespace: string, as = token) =>
    openVault({ address, ...(namespace && { namespace }) }, { VAULT_TOKEN: as });
  const inTeam = async (method: string, path: string, body?: object) => api(method, `${TEAM}/${path}`, body);
  let mounted: Promise<unknown> | undefined;
  const engine = async () =>
    (mounted ??= inTeam("POST", "sys/mounts/kv", { type: "kv", options: { version: "2" } }));

  it("is where all paths of the store are", async () => {
    await engine();
    const [team, root] = [open(TEAM), open("")];
    expect(await put(team, "kv/app", { a: "team" })).toEqual({ status: "created", version: "1" });
    expect(await reveal(team, "kv/app")).toEqual({ a: "team" });
    expect(await failure(root, "kv/app")).toMatchObject({ status: "not-found", reason: "no-such-mount" });
    const pages = await Array.fromAsync(team.list({ prefix: "kv/" }, contextOf()));
    expect(pages.flatMap(({ items }) => items.map(({ path }) => path))).toEqual(["kv/app"]);
    expect((await found(team, "kv/app")).version).toBe("1");
  });

  it("is reached from the one above by its name, but not into what is the server's own", async () => {
    await engine();
    await put(open(TEAM), "kv/named", { a: "1" });
    await inTeam("POST", "sys/auth/up", { type: "userpass" });
    const root = open("");
    expect(await reveal(root, `${TEAM}/kv/named`)).toEqual({ a: "1" });
    const pages = await Array.fromAsync(root.list({ prefix: `${TEAM}/kv/na` }, contextOf()));
    expect(pages).toMatchObject([{ items: [{ path: `${TEAM}/kv/named` }], complete: true }]);
    for (const path of ["sys/mounts", "auth/token/lookup-self", "auth/up/users/u"])
      expect(await failure(root, `${TEAM}/${path}`)).toMatchObject({ status: "invalid", reason: "bad-path" });
  });

  it("has logins and tokens of its own", async () => {
    await engine();
    await put(open(TEAM), "kv/own", { a: "1" });
    await inTeam("POST", "sys/auth/users", { type: "userpass" });
    await inTeam("PUT", "sys/policies/acl/reader", {
      policy: 'path "kv/data/own" { capabilities = ["read"] }',
    });
    await inTeam("POST", "auth/users/users/u", { password: "p", token_policies: ["reader"] });
    const auth = { userpass: { username: "u", passwordFile: await tempFile("p"), mount: "users" } };
    const provider = openVault({ address, namespace: TEAM, auth });
    expect(await reveal(provider, "kv/own")).toEqual({ a: "1" });
    expect(await failure(provider, "kv/other")).toMatchObject({ status: "denied" });
    expect(await failure(openVault({ address, auth }), "kv/own")).toMatchObject({ reason: "login-refused" });
  });

  it("is healthy where the server is", async () => {
    const { findings, storeTime } = await open(TEAM).check(contextOf());
    expect(findings.map(({ status }) => status)).toEqual(["ok", "warning"]);
    expect(storeTime).toBeDefined();
  });

  it("is missed as such, not taken for a missing secret", async () => {
    const none = { status: "invalid", reason: "no-such-namespace" };
    expect(await failure(open("none"), "kv/app")).toMatchObject(none);
    const auth = { userpass: { username: "u", passwordFile: await tempFile("p") } };
    const provider = openVault({ address, namespace: "none", auth });
    expect(await failure(provider, "kv/app")).toMatchObject(none);
    const { findings } = await open("none").check(contextOf());
    expect(findings.at(-1)).toMatchObject({ aspect: "authenticated", status: "failed" });
  });
});
