import { writeFile } from "node:fs/promises";
import type { DelegatedIdentity } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startKubernetes } from "../../../test/servers/kubernetes.js";
import { type Cluster, openCluster } from "./cluster.js";
import { realVault } from "./real-vault.js";
import { recordingProxy } from "./scripted-server.js";
import { contextOf, failure, openVault, read, readAll, reveal, tempFile } from "./support.js";

const server = await realVault();
const kubernetes = server.available ? await startKubernetes() : undefined;
if (kubernetes?.kind === "unavailable") {
  process.stderr.write(`\nSKIPPED: logging in with a service account: ${kubernetes.reason}\n\n`);
  await server.stop();
}

describe.runIf(kubernetes?.kind === "running")("logging in with a service account of a real cluster", () => {
  const { address, api } = server;
  let cluster: Cluster;
  let mount: string;
  let accessor: string;
  afterAll(async () => {
    await server.stop();
    if (kubernetes?.kind === "running") await kubernetes.stop();
  });
  beforeAll(async () => {
    if (kubernetes?.kind !== "running") throw new Error("no cluster");
    cluster = await openCluster(kubernetes);
    mount = `kubernetes-${cluster.namespace}`;
    await api("POST", `sys/auth/${mount}`, { type: "kubernetes" });
    await api("POST", `auth/${mount}/config`, {
      kubernetes_host: kubernetes.address,
      kubernetes_ca_cert: kubernetes.caCert,
      token_reviewer_jwt: await cluster.reviewer(),
      disable_local_ca_jwt: true,
    });
    const { data } = await api("GET", "sys/auth");
    accessor = (data as Record<string, { accessor: string }>)[`${mount}/`]?.accessor ?? "";
    // A secret for each account, by the name that its login has.
    const own = `secret/data/accounts/{{identity.entity.aliases.${accessor}.metadata.service_account_name}}`;
    await api("PUT", "sys/policies/acl/own-account", { policy: `path "${own}" { capabilities = ["read"] }` });
    await api("POST", `auth/${mount}/role/app`, {
      bound_service_account_names: ["web", "job"],
      bound_service_account_namespaces: [cluster.namespace],
      audience: "vault",
      token_policies: ["own-account"],
      token_ttl: "10m",
    });
    for (const account of ["web", "job", "stranger"]) {
      await cluster.account(account);
      await api("POST", `secret/data/accounts/${account}`, { data: { account } });
    }
  }, 120_000);

  it("takes the token that a pod has projected, and that of the next one when it is rotated", async () => {
    const tokenPath = await tempFile(await cluster.token("web", "vault"));
    const proxy = await recordingProxy(address);
    const auth = { kubernetes: { role: "app", mount, tokenPath } };
    const provider = openVault({ address: proxy.address, auth });
    expect(await reveal(provider, "secret/accounts/web")).toEqual({ account: "web" });
    expect(await failure(provider, "secret/accounts/job")).toMatchObject({ status: "denied" });
    await writeFile(tokenPath, await cluster.token("job", "vault"));
    await api("PUT", `sys/leases/revoke-prefix/auth/${mount}/login`);
    expect(await reveal(provider, "secret/accounts/job")).toEqual({ account: "job" });
    await provider[Symbol.asyncDispose]();
    expect(proxy.asked.at(-1)).toBe("POST /v1/auth/token/revoke-self");
  });

  it("refuses another audience, another account, and what is no token", async () => {
    const tokens = [await cluster.token("web", "other"), await cluster.token("stranger", "vault"), "canary"];
    for (const token of tokens) {
      const auth = { kubernetes: { role: "app", mount, tokenPath: await tempFile(token) } };
      const outcome = await failure(openVault({ address, auth }), "secret/accounts/web");
      expect(outcome).toMatchObject({ status: "denied", reason: "login-refused" });
      expect(JSON.stringify(outcome)).not.toContain(token);
    }
  });

  it("acts as the pod whose token it is given, apart from itself and from others", async () => {
    const auth = { kubernetes: { role: "app", mount, tokenPath: await tempFile("none of ours") } };
    const provider = openVault({ address, auth });
    const as = (account: string): DelegatedIdentity => ({
      kind: "delegated",
      cacheKey: account,
      subject: `system:serviceaccount:${cluster.namespace}:${account}`,
      getToken: async (audience) => cluster.token(account, audience),
    });
    const accounts = ["web", "job"];
    await Promise.all(
      accounts.flatMap((who) =>
        accounts.map(async (whose) => {
          const outcome = await read(provider, `secret/accounts/${whose}`, contextOf({ identity: as(who) }));
          expect(outcome.status).toBe(who === whose ? "found" : "denied");
        }),
      ),
    );
    const stranger = contextOf({ identity: as("stranger") });
    expect(await read(provider, "secret/accounts/stranger", stranger)).toMatchObject({
      reason: "login-refused",
    });
    expect(await failure(provider, "secret/accounts/web")).toMatchObject({ reason: "login-refused" });
  });

  it("lets an engine make tokens of an account, with a lease", async () => {
    if (kubernetes?.kind !== "running") throw new Error("no cluster");
    const engine = await server.mount("kubernetes");
    await api("POST", `${engine}/config`, {
      kubernetes_host: kubernetes.address,
      kubernetes_ca_cert: kubernetes.caCert,
      service_account_jwt: kubernetes.adminToken,
      disable_local_ca_jwt: true,
    });
    await api("POST", `${engine}/roles/web`, {
      allowed_kubernetes_namespaces: ["*"],
      service_account_name: "web",
      token_default_ttl: "10m",
    });
    const provider = openVault({ address }, { VAULT_TOKEN: server.token });
    const path = `${engine}/creds/web?kubernetes_namespace=${cluster.namespace}`;
    const [made] = await readAll(provider, [path], { volatile: true });
    if (made?.status !== "found") throw new Error(made?.reason);
    expect(made.lease).toMatchObject({ ttlMs: 600_000, renewable: false });
    const token =
      (made.value as ReadonlyMap<string, { text(): string }>).get("service_account_token")?.text() ?? "";
    expect(await cluster.whoIs(token)).toBe(`system:serviceaccount:${cluster.namespace}:web`);
    expect(await provider.revokeLease(made.lease?.id ?? "", contextOf())).toEqual({ status: "revoked" });
  });
});
