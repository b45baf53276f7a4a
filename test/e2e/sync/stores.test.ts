import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { field, getObject, type ObjectToWrite } from "@sluice/kubernetes";
import { ALLOW_DELETIONS } from "@sluice/kubernetes/stores";
import { secretSyncResource } from "@sluice/kubernetes/syncs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { write } from "../../../packages/provider-azure/test/call.js";
import { startConnectProxy } from "../../servers/connect-proxy.js";
import { type KeyVault, startKeyVault } from "../../servers/key-vault.js";
import { kubeconfigText } from "../../servers/kubernetes-kubeconfig.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { type RunningVault, startVault } from "../../servers/vault.js";
import { apply, calm } from "../broker/broker-access.js";
import { AWS_ENVIRONMENT, type SecretsManagerServer, startSecretsManager } from "./secrets-manager.js";
import { type StartedSync, SyncWorld } from "./sync-world.js";

const API = "https://kubernetes.default.svc";

vi.setConfig({ testTimeout: 180_000 });

await describeOnKubernetes("sluice sync, what becomes of stores", (cluster) => {
  let world: SyncWorld;
  let aws: SecretsManagerServer;
  let bao: RunningVault;
  let vault: KeyVault;
  let proxy: Awaited<ReturnType<typeof startConnectProxy>>;
  let started: StartedSync;
  let namespace: string;

  beforeAll(async () => {
    [world, aws] = await Promise.all([SyncWorld.open(cluster), startSecretsManager()]);
    const [openBao, azure] = await Promise.all([startVault(), startKeyVault()]);
    if (openBao.kind === "unavailable") throw new Error(openBao.reason);
    if (azure.kind === "unavailable") throw new Error(azure.reason);
    bao = openBao;
    vault = azure;
    proxy = await startConnectProxy(vault.detour.port);
    // The vendor's library finds it here only.
    vi.stubEnv("HTTPS_PROXY", proxy.address);
    world.toxic.add(bao.token);
    namespace = await world.newNamespace();
    started = world.start(settings());
  }, 180_000);

  afterAll(async () => {
    await started.stop();
    vi.unstubAllEnvs();
    await proxy[Symbol.asyncDispose]();
    await Promise.all([aws.stop(), bao.stop(), vault.stop()]);
    await world.close();
  }, 60_000);

  const settings = () => ({
    environment: AWS_ENVIRONMENT,
    tokenAudiencesInNamespaces: [API],
    tenants: { files: [world.folder] },
  });

  const one = (path: string, more: object = {}): object => ({
    data: [{ key: "password", from: `secret://${path}` }],
    ...more,
  });

  it("OpenBao: a value comes, is rotated, and stays while the store is revoked", async () => {
    await world.create("sluice-system", "bao", { token: bao.token });
    const secretKeyRef = { namespace: "sluice-system", name: "bao", key: "token" };
    const spec = {
      provider: "vault",
      options: { address: bao.address },
      optionsFrom: [{ variable: "VAULT_TOKEN", secretKeyRef }],
    };
    await world.store("bao", spec);
    const put = async (value: string): Promise<void> => {
      const response = await fetch(`${bao.address}/v1/secret/data/app/db`, {
        method: "POST",
        headers: { "X-Vault-Token": bao.token },
        body: JSON.stringify({ data: { password: value } }),
      });
      expect(response.status).toBe(200);
    };
    const [before, after] = [world.secret("bao"), world.secret("bao2")];
    await put(before);
    await world.sync(namespace, "bao", one("bao/secret/app/db#password"));
    await world.untilData(namespace, "bao", { password: before });
    await put(after);
    await world.untilData(namespace, "bao", { password: after });

    // A token that is good for nothing.
    const policies = { policies: ["default"], no_parent: true };
    const made = await fetch(`${bao.address}/v1/auth/token/create`, {
      method: "POST",
      headers: { "X-Vault-Token": bao.token },
      body: JSON.stringify(policies),
    });
    const { auth } = (await made.json()) as { auth: { client_token: string } };
    world.toxic.add(auth.client_token);
    await world.create("sluice-system", "bao-weak", { token: auth.client_token });
    await world.store("bao", {
      ...spec,
      optionsFrom: [{ variable: "VAULT_TOKEN", secretKeyRef: { ...secretKeyRef, name: "bao-weak" } }],
    });
    expect(await world.until(namespace, "bao", "Denied")).toContain("secret://bao/secret/app/db");
    await world.until(namespace, "bao", "Synced", { type: "Ready", status: "True" });
    expect(await world.data(namespace, "bao")).toEqual({ password: after });
    expect(await world.events(namespace, "bao")).toEqual(expect.arrayContaining(["Denied"]));
    await world.store("bao", spec);
    await world.until(namespace, "bao", "Synced");
    await world.store("bao", { ...spec, suspend: true });
    await world.until(namespace, "bao", "StoreSuspended");
    expect(await world.data(namespace, "bao")).toEqual({ password: after });
  });

  it("Key Vault: a value comes, and is rotated", async () => {
    const [clientId, secret] = [randomUUID(), randomUUID()];
    world.toxic.add(secret);
    await vault.register({ clientId, secret });
    await vault.grant({ [clientId]: [{ kind: "secrets", permissions: ["get", "list"] }] });
    const { tenant: tenantId, caFile } = vault;
    await world.store("azure", {
      provider: "azure-key-vault",
      options: {
        vault: "sluice",
        caFile,
        auth: { clientSecret: { tenantId, clientId, variable: "CLIENT_SECRET" } },
      },
      optionsFrom: [
        {
          variable: "CLIENT_SECRET",
          secretKeyRef: { namespace: "sluice-system", name: "azure", key: "secret" },
        },
      ],
    });
    const [before, after] = [world.secret("azure"), world.secret("azure2")];
    await write(vault, "db", before);
    await world.sync(namespace, "azure", one("azure/db"));
    // What it logs in with comes later.
    await world.until(namespace, "azure", "StoreInvalid");
    await world.create("sluice-system", "azure", { secret });
    await world.untilData(namespace, "azure", { password: before });
    await write(vault, "db", after);
    await world.untilData(namespace, "azure", { password: after });
    await world.until(namespace, "azure", "Synced");
    expect(proxy.tunnels.length).toBeGreaterThan(0);
  });

  it("a sync waits for its store, and for the right to read it", async () => {
    const value = world.secret("late");
    await aws.put("late", value);
    await world.sync(namespace, "late", one("late/late"));
    expect(await world.until(namespace, "late", "UnknownStore")).toContain('no store "late"');
    const access = [{ namespaces: ["elsewhere"], serviceAccounts: ["*"], paths: ["**"] }];
    await world.store("late", { ...aws.store, access });
    expect(await world.until(namespace, "late", "NotAuthorized")).toContain(
      `${namespace}/default may not read`,
    );
    await world.until(namespace, "late", "NeverSynced", { type: "Ready", status: "False" });
    const own = [{ namespaces: [namespace], serviceAccounts: ["default"], paths: ["late"] }];
    await world.store("late", { ...aws.store, access: own });
    await world.untilData(namespace, "late", { password: value });
  });

  it("a store that logs in as the service account of the sync gives it what that may read", async () => {
    const where = await world.newNamespace();
    const value = world.secret("account");
    await world.create(where, "db", { value });
    const path = join(world.folder, "nobody");
    const { address: server, caCert } = cluster;
    // Where the cluster is, with credentials that are good for nothing.
    await writeFile(path, kubeconfigText({ server, caCert, tokens: { nobody: "CANARY-9f31" } }));
    await apply(world.admin, {
      apiVersion: "sluice.dev/v1alpha1",
      kind: "SecretStore",
      metadata: { name: "own", namespace: where },
      spec: {
        provider: "kubernetes",
        options: { kubeconfig: path, namespace: where, audience: API },
        identity: "pod",
        tokenAudience: API,
        access: [{ serviceAccounts: ["web"], paths: ["**"] }],
      },
    });
    for (const name of ["web", "other"])
      await apply(world.admin, {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name, namespace: where },
      });
    const rights = { apiVersion: "rbac.authorization.k8s.io/v1" };
    const grant = async (name: string, rule: object, subject: object): Promise<void> => {
      const metadata = { name, namespace: where };
      await apply(world.admin, { ...rights, kind: "Role", metadata, rules: [{ apiGroups: [""], ...rule }] });
      const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name };
      const subjects = [{ kind: "ServiceAccount", ...subject }];
      await apply(world.admin, { ...rights, kind: "RoleBinding", metadata, roleRef, subjects });
    };
    await grant(
      "read",
      { resources: ["secrets"], verbs: ["get", "list"] },
      { name: "web", namespace: where },
    );
    const account = { data: [{ key: "password", from: "secret://own/db#value" }], serviceAccountName: "web" };
    await world.sync(where, "account", account);
    expect(await world.until(where, "account", "Unavailable")).toContain("there is no token of");
    const controller = { name: "sluice-sync", namespace: "sluice-system" };
    await grant("tokens", { resources: ["serviceaccounts/token"], verbs: ["create"] }, controller);
    await world.untilData(where, "account", { password: value });
    await world.sync(where, "stranger", { ...account, serviceAccountName: "other" });
    expect(await world.until(where, "stranger", "NotAuthorized")).toContain(`${where}/other may not read`);
  });

  it("a namespace's own store leads nowhere but where the operator says, and reads no file of ours", async () => {
    const where = await world.newNamespace();
    let connections = 0;
    const listener = createServer((socket) => {
      connections += 1;
      socket.destroy();
    }).listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as AddressInfo;
    const hostile = {
      address: ["vault", { address: `http://127.0.0.1:${port}` }, "names an address"],
      number: ["vault", { address: `http://2130706433:${port}` }, "names an address"],
      file: ["kubernetes", { kubeconfig: "/etc/passwd" }, "names a file"],
    } as const;
    for (const [name, [provider, options, fault]] of Object.entries(hostile)) {
      const spec = { provider, options, identity: "pod", tokenAudience: API };
      await apply(world.admin, {
        apiVersion: "sluice.dev/v1alpha1",
        kind: "SecretStore",
        metadata: { name, namespace: where },
        spec: { ...spec, access: [{ serviceAccounts: ["*"], paths: ["**"] }] },
      });
      await world.sync(where, name, one(`${name}/secret/db`));
      expect(await world.until(where, name, "StoreInvalid")).toContain(fault);
    }
    expect(connections).toBe(0);
    listener.close();
  });

  it("what is issued for whoever reads it is refused", async () => {
    await world.store("leases", aws.store);
    await world.sync(namespace, "leased", one("leases/db?volatile=true"));
    expect(await world.until(namespace, "leased", "LeaseRefused")).toContain("let the broker");
  });

  it("keys of secrets that are gone stay, or go, and not when much is gone at once", async () => {
    await world.store("gone", aws.store);
    const names = Array.from({ length: 10 }, (_, at) => `gone/${at}`);
    const values = new Map(names.map((name) => [name, world.secret(name.replace("/", "-"))]));
    for (const [name, value] of values) await aws.put(name, value);
    const data = names.map((name, at) => ({ key: `k${at}`, from: `secret://gone/${name}` }));
    const spec = (deletionPolicy: string): object => ({ data, target: { deletionPolicy } });
    const expected = (...without: number[]): Record<string, string> =>
      Object.fromEntries(
        names.map((name, at) => [`k${at}`, values.get(name) ?? ""]).filter((_, at) => !without.includes(at)),
      );
    await world.sync(namespace, "retained", spec("Retain"));
    await world.sync(namespace, "deleted", spec("Delete"));
    for (const name of ["retained", "deleted"]) await world.untilData(namespace, name, expected());
    for (const name of ["retained", "deleted"]) await world.until(namespace, name, "Synced");

    await aws.remove("gone/0");
    await world.untilData(namespace, "deleted", expected(0));
    expect(await world.until(namespace, "retained", "Retained")).toContain("k0");
    expect(await world.data(namespace, "retained")).toEqual(expected());

    // Two more are three of ten within an hour.
    await aws.remove("gone/1");
    await aws.remove("gone/2");
    expect(await world.until(namespace, "deleted", "DeletionStopped")).toContain("3 of 10 known secrets");
    await world.until(namespace, "deleted", "Synced", { type: "Ready", status: "True" });
    // A look between the two may have seen one of them, which may still go.
    const left = Object.keys((await world.data(namespace, "deleted")) ?? {});
    expect(left.length).toBeGreaterThanOrEqual(8);
    expect(await world.events(namespace, "deleted")).toEqual(expect.arrayContaining(["DeletionStopped"]));

    const until = new Date(Date.now() + 600_000).toISOString();
    await world.store("gone", aws.store, { [ALLOW_DELETIONS]: until });
    await world.untilData(namespace, "deleted", expected(0, 1, 2));
    await world.until(namespace, "deleted", "Synced");
    expect(await world.data(namespace, "retained")).toEqual(expected());
  });

  it("nothing is deleted by a store that is empty all at once, and all is well when it is back", async () => {
    await world.store("emptied", aws.store);
    const value = world.secret("emptied");
    for (const name of ["emptied/a", "emptied/b"]) await aws.put(name, value);
    const spec = {
      find: [{ store: "emptied", path: "emptied/" }],
      target: { deletionPolicy: "Delete" },
    };
    await world.sync(namespace, "emptied", spec);
    await world.untilData(namespace, "emptied", { a: value, b: value });
    await world.until(namespace, "emptied", "Synced");
    await aws.reset();
    expect(await world.until(namespace, "emptied", "DeletionStopped")).toContain("2 of 2 known secrets");
    // Also one that has seen nothing of it but the status.
    await started.stop();
    started = world.start(settings());
    const looks = (): number => world.told.filter((text) => text.includes('"name":"store-listed"')).length;
    const seen = looks();
    await waitUntil("the store is looked at again and again", () => looks() > seen + 6);
    expect(await world.until(namespace, "emptied", "DeletionStopped")).toContain("2 of 2 known secrets");
    expect(await world.data(namespace, "emptied")).toEqual({ a: value, b: value });
    for (const name of ["emptied/a", "emptied/b", "emptied/c"]) await aws.put(name, value);
    await world.untilData(namespace, "emptied", { a: value, b: value, c: value });
    await aws.remove("emptied/b");
    await world.untilData(namespace, "emptied", { a: value, c: value });
  });

  it("new values wait for the window", async () => {
    await world.store("window", aws.store);
    const [before, after] = [world.secret("window"), world.secret("window2")];
    await aws.put("window", before);
    // It opens in five hours and closes an hour later.
    const at = (hours: number): string =>
      new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
    const window = { from: at(5), to: at(6) };
    await world.sync(namespace, "window", one("window/window", { window }));
    await world.untilData(namespace, "window", { password: before });
    await aws.put("window", after);
    await world.until(namespace, "window", "WaitingForWindow");
    const { nextSyncTime = "" } = await world.status(namespace, "window");
    expect(nextSyncTime.slice(11, 16)).toBe(window.from);
    expect(await world.data(namespace, "window")).toEqual({ password: before });
    await world.sync(namespace, "window", one("window/window"));
    await world.untilData(namespace, "window", { password: after });
  });

  it("a namespace that the controller may not write in is told", async () => {
    // One that has its rights in its own namespaces only.
    const rights = { group: "rbac.authorization.k8s.io", version: "v1", plural: "clusterroles" };
    const role = await getObject(world.admin, rights, "sluice-sync", calm());
    const forbidden = await world.newNamespace();
    const value = world.secret("forbidden");
    await aws.put("forbidden", value);
    await world.store("forbidden", aws.store);
    const rules = (field(role, "rules") as { resources: string[]; verbs: string[] }[]).map((rule) =>
      rule.resources.includes("secrets") ? { ...rule, verbs: ["get", "list", "watch"] } : rule,
    );
    const manifest = (changed: unknown): ObjectToWrite & { metadata: { name: string } } => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "sluice-sync" },
      rules: changed,
    });
    await apply(world.admin, manifest(rules));
    try {
      await world.sync(forbidden, "forbidden", one("forbidden/forbidden"));
      expect(await world.until(forbidden, "forbidden", "Forbidden")).toContain("403");
      expect(await world.events(forbidden, "forbidden")).toEqual(["Forbidden"]);
    } finally {
      await apply(world.admin, manifest(field(role, "rules")));
    }
    await world.untilData(forbidden, "forbidden", { password: value });
    await getObject(world.admin, secretSyncResource(forbidden), "forbidden", calm());
  });

  it("no value was told anybody", async () => {
    await waitUntil("something was told", () => world.told.length > 0);
    expect(await world.leaks()).toEqual([]);
  });
});
