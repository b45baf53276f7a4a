import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { serversRequired } from "../../servers/shared/server.js";
import { type RunningVault, startVault } from "../../servers/vault.js";
import { sluice } from "../../support/sluice.js";
import { createWorkspace } from "../../support/workspace.js";

const MANIFEST = `kind: Pod
metadata: { name: p }
spec:
  containers:
    - name: a
      image: a
      env:
        - { name: A, value: "secret://bao/secret/app/db#password" }
        - { name: B, value: "secret://bao/old/app" }
        - { name: C, value: "secret://bao/secret/data/team/shared" }
---
apiVersion: sluice.dev/v1alpha1
kind: SecretStore
metadata: { name: bao }
spec: { provider: vault }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: other }
`;
const VERSION_1 = MANIFEST.replace("{ provider: vault }", "{ provider: vault, options: { kvVersion: 1 } }");

// Each runs the command line some times, which on a busy machine takes seconds.
vi.setConfig({ testTimeout: 120_000 });

describe("a policy of Vault", async () => {
  const server = await startVault();
  if (server.kind === "unavailable") {
    if (serversRequired()) throw new Error(server.reason);
    process.stderr.write(`\nSKIPPED: policies in Vault: ${server.reason}\n\n`);
  }
  const { address, token: root } = server as RunningVault;
  const workspace = createWorkspace({ "p.yaml": MANIFEST, "one.yaml": VERSION_1 });

  async function call(token: string, path: string, body?: object, method = "POST"): Promise<Response> {
    const init = body === undefined ? {} : { method, body: JSON.stringify(body) };
    return fetch(`${address}/v1/${path}`, { ...init, headers: { "x-vault-token": token } });
  }

  async function tokenUnder(manifest: string): Promise<string> {
    const policy = await sluice(["policy", "-f", manifest, "--target", "vault"], { cwd: workspace.path });
    expect(policy.code).toBe(0);
    const name = manifest.replace(".yaml", "");
    expect((await call(root, `sys/policies/acl/${name}`, { policy: policy.stdout })).status).toBe(204);
    const made = await call(root, "auth/token/create", { policies: [name], no_default_policy: true });
    return ((await made.json()) as { readonly auth: { readonly client_token: string } }).auth.client_token;
  }

  beforeAll(async () => {
    if (server.kind === "unavailable") return;
    await call(root, "sys/mounts/old", { type: "kv", options: { version: "1" } });
    for (const path of ["app/db", "app/db2", "app", "team/shared", "team/other"]) {
      await call(root, `secret/data/${path}`, { data: { password: "x" } });
      await call(root, `old/${path}`, { password: "x" });
    }
  });
  afterAll(async () => {
    workspace[Symbol.dispose]();
    if (server.kind === "running") await server.stop();
  });

  async function statuses(token: string, paths: readonly string[]): Promise<readonly number[]> {
    return Promise.all(paths.map(async (path) => (await call(token, path)).status));
  }

  it.skipIf(server.kind === "unavailable")(
    "is taken, and lets read what is asked for and nothing else",
    async () => {
      const token = await tokenUnder("p.yaml");
      expect(await statuses(token, ["secret/data/app/db", "secret/data/team/shared"])).toEqual([200, 200]);
      const others = ["app/db2", "app", "team/other"].map((path) => `secret/data/${path}`);
      const around = ["secret/metadata/app/db", "secret/metadata/app?list=true", "old/app", "sys/mounts"];
      expect(new Set(await statuses(token, [...others, ...around]))).toEqual(new Set([403]));
      expect((await call(token, "secret/data/app/db", { data: {} })).status).toBe(403);
    },
  );

  it.skipIf(server.kind === "unavailable")("is for version 1 where the store is", async () => {
    const token = await tokenUnder("one.yaml");
    expect(await statuses(token, ["old/app", "old/app/db", "secret/data/app/db"])).toEqual([200, 403, 403]);
  });
});
