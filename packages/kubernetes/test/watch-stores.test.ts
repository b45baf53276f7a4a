import { beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { startGateway } from "../../../test/servers/kubernetes-gateway.js";
import { startSilencingProxy } from "../../../test/servers/kubernetes-proxy.js";
import { waitUntil } from "../../../test/servers/shared/wait-until.js";
import {
  createObject,
  deleteObject,
  type KubernetesClient,
  KubernetesClient as Client,
  patchObject,
} from "../src/index.js";
import {
  type StoreCatalogue,
  type StoreChange,
  storeId,
  type StoreKind,
  storeResource,
  watchStores,
  type WatchStoresOptions,
} from "../src/stores/index.js";
import { openCatalogue, installCrds, storeManifest } from "./stores-support.js";
import { calm, kubeconfigFor, newNamespace, openClient } from "./support.js";

const ACCESS = { serviceAccounts: ["*"], paths: ["**"] };

await describeOnKubernetes("a catalogue of stores in a real API server", (cluster) => {
  const { kubeconfig, address, caCert, adminToken } = cluster;
  beforeAll(async () => {
    using client = new Client({ kubeconfig, environment: {} });
    await installCrds(client);
  });

  const open = async (options?: WatchStoresOptions, config = kubeconfig): Promise<StoreCatalogue> => {
    const catalogue = openCatalogue(watchStores(openClient(config), options));
    await catalogue.ready(AbortSignal.timeout(20_000));
    return catalogue;
  };
  const own = (namespace: string): { kind: StoreKind; namespace: string } => ({
    kind: "SecretStore",
    namespace,
  });
  const shared = { kind: "ClusterSecretStore" } as const;
  let count = 0;
  const newName = (): string => `w${++count}`;
  const create = async (
    client: KubernetesClient,
    where: { kind: StoreKind; namespace?: string },
    name: string,
    spec: object,
  ): Promise<unknown> =>
    createObject(client, storeResource(where), storeManifest(where.kind, name, spec), calm());
  const found = (catalogue: StoreCatalogue, namespace: string, name: string): string => {
    const lookup = catalogue.find(namespace, name);
    return lookup.status === "found" ? storeId(lookup.store) : lookup.status;
  };
  const becomes = async (catalogue: StoreCatalogue, where: [string, string], what: string): Promise<void> =>
    waitUntil(`${where.join("/")} is ${what}`, () => found(catalogue, ...where) === what, {
      timeoutMs: 20_000,
    });

  it("knows nothing at first, then everything, and a namespace's own before the cluster's", async () => {
    const client = openClient(kubeconfig);
    const { namespace = "" } = await newNamespace(client);
    const name = newName();
    await create(client, shared, name, {
      provider: "file",
      options: { path: "a" },
      access: [{ ...ACCESS, namespaces: ["*"] }],
    });
    const catalogue = openCatalogue(watchStores(openClient(kubeconfig)));
    expect([catalogue.find(namespace, name).status, catalogue.health().ready]).toEqual(["unknown", false]);
    await catalogue.ready(AbortSignal.timeout(20_000));
    expect(catalogue.health()).toEqual({ ready: true, problems: [] });
    expect(catalogue.find(namespace, name)).toMatchObject({
      status: "found",
      store: { kind: "ClusterSecretStore", options: { path: "a" }, identity: { as: "broker" } },
    });
    expect(found(catalogue, namespace, "nothing")).toBe("missing");

    await create(client, own(namespace), name, { provider: "vault", tokenAudience: "v", access: [ACCESS] });
    await becomes(catalogue, [namespace, name], `SecretStore ${namespace}/${name}`);
    expect(catalogue.find(namespace, name)).toMatchObject({
      store: {
        access: [{ ...ACCESS, namespaces: [namespace] }],
        identity: { as: "pod", tokenSource: "projected" },
      },
    });
    expect(found(catalogue, "elsewhere", name)).toBe(`ClusterSecretStore ${name}`);
    await deleteObject(client, storeResource(own(namespace)), name, calm());
    await becomes(catalogue, [namespace, name], `ClusterSecretStore ${name}`);
  });

  it("tells what was added, changed and removed, but not what its status became", async () => {
    const client = openClient(kubeconfig);
    const catalogue = await open();
    const name = newName();
    const changes: StoreChange[] = [];
    const listening = catalogue.onChange((change) => changes.push(change));
    catalogue.onChange(() => {
      throw new Error("CANARY");
    });
    await create(client, shared, name, { provider: "file" });
    await becomes(catalogue, ["a", name], `ClusterSecretStore ${name}`);
    const resource = storeResource(shared);
    await patchObject(client, resource, name, { metadata: { labels: { a: "b" } } }, calm());
    await patchObject(client, resource, name, { spec: { suspend: true } }, calm());
    await waitUntil("it is suspended", () => {
      const lookup = catalogue.find("a", name);
      return lookup.status === "found" && lookup.store.suspended;
    });
    await deleteObject(client, resource, name, calm());
    await becomes(catalogue, ["a", name], "missing");
    const key = { kind: "ClusterSecretStore", name };
    expect(changes).toEqual([
      { kind: "added", key },
      { kind: "changed", key },
      { kind: "removed", key },
    ]);
    expect(JSON.stringify(catalogue.health().problems)).toMatch(/a listener of changes failed \(Error\)/);
    listening[Symbol.dispose]();
    await create(client, shared, name, { provider: "file" });
    await becomes(catalogue, ["a", name], `ClusterSecretStore ${name}`);
    expect(changes).toHaveLength(3);
  });

  it("a namespace's own store that may not be used hides the cluster's all the same", async () => {
    const client = openClient(kubeconfig);
    const { namespace = "" } = await newNamespace(client);
    const name = newName();
    await create(client, shared, name, { provider: "vault" });
    await create(client, own(namespace), name, { provider: "vault", identity: "broker" });
    const strict = await open();
    expect(strict.find(namespace, name)).toEqual({
      status: "invalid",
      key: { kind: "SecretStore", namespace, name },
      version: expect.stringMatching(/\/1$/),
      problem: expect.stringContaining("may not use identity: broker"),
    });
    const lenient = await open({ brokerIdentityInNamespaces: ["vault"] });
    expect(lenient.find(namespace, name)).toMatchObject({
      status: "found",
      store: { identity: { as: "broker" } },
    });
  });

  it("comes through a restart of the API server with all it knew, and with what it missed", async () => {
    const client = openClient(kubeconfig);
    const catalogue = await open();
    const [kept, removed, added] = [newName(), newName(), newName()];
    await create(client, shared, kept, { provider: "file" });
    await create(client, shared, removed, { provider: "file" });
    await becomes(catalogue, ["a", removed], `ClusterSecretStore ${removed}`);
    const changes: StoreChange[] = [];
    catalogue.onChange((change) => changes.push(change));

    await cluster.killApiServer();
    await waitUntil("the catalogue says so", () => catalogue.health().problems.length === 2);
    expect(catalogue.health().ready).toBe(true);
    expect(found(catalogue, "a", kept)).toBe(`ClusterSecretStore ${kept}`);
    await cluster.startApiServer();
    // The catalogue may see these one by one, or only their sum.
    await deleteObject(client, storeResource(shared), removed, calm());
    await create(client, shared, added, { provider: "file" });
    await becomes(catalogue, ["a", added], `ClusterSecretStore ${added}`);
    await becomes(catalogue, ["a", removed], "missing");
    await waitUntil("all is well again", () => catalogue.health().problems.length === 0);
    expect(found(catalogue, "a", kept)).toBe(`ClusterSecretStore ${kept}`);
    expect(changes.filter(({ key }) => key.name === kept)).toEqual([]);
    expect(changes.map(({ kind, key }) => `${kind} ${key.name}`).sort()).toEqual(
      [`added ${added}`, `removed ${removed}`].sort(),
    );
  });

  it("hears of a change though its connection fell silent", async () => {
    const proxy = await startSilencingProxy(address);
    const client = openClient(kubeconfig);
    const catalogue = await open({ idleMs: 1000 }, await kubeconfigFor(proxy.address, adminToken, caCert));
    // What it hears, it hears on a connection that is open.
    const heard = newName();
    await create(client, shared, heard, { provider: "file" });
    await becomes(catalogue, ["a", heard], `ClusterSecretStore ${heard}`);
    proxy.silence();
    const name = newName();
    await create(client, shared, name, { provider: "file" });
    await becomes(catalogue, ["a", name], `ClusterSecretStore ${name}`);
    expect(found(catalogue, "a", heard)).toBe(`ClusterSecretStore ${heard}`);
    await proxy.stop();
  });

  it.each([500, 403, 404, 429, 200, 410])(
    "forgets nothing while it is answered %i without a list, and says so",
    async (status) => {
      const gateway = await startGateway(cluster);
      const client = openClient(kubeconfig);
      const name = newName();
      await create(client, shared, name, { provider: "file" });
      const catalogue = await open({ idleMs: 500 }, await kubeconfigFor(gateway.address, adminToken));
      const changes: StoreChange[] = [];
      catalogue.onChange((change) => changes.push(change));
      gateway.intercept = (_, response) => {
        response.writeHead(status, { "content-type": "application/json" }).end("{}\n");
        return true;
      };
      await waitUntil("it says so", () => catalogue.health().problems.length === 2);
      const asked = gateway.requests.length;
      await waitUntil("it asks on", () => gateway.requests.length > asked + 3);
      expect(found(catalogue, "a", name)).toBe(`ClusterSecretStore ${name}`);
      gateway.intercept = () => false;
      await waitUntil("all is well again", () => catalogue.health().problems.length === 0);
      expect(changes).toEqual([]);
      await gateway.stop();
    },
  );

  it("stops when it is disposed", async () => {
    const proxy = await startSilencingProxy(address);
    const client = openClient(await kubeconfigFor(proxy.address, adminToken, caCert));
    const catalogue = watchStores(client);
    await catalogue.ready(AbortSignal.timeout(20_000));
    catalogue[Symbol.dispose]();
    client[Symbol.dispose]();
    await waitUntil("no connection is left", () => proxy.connections() === 0, { timeoutMs: 5000 });
    expect(catalogue.health().problems).toEqual([]);
    await proxy.stop();
  });
});

await describeOnKubernetes(
  "a catalogue of stores whose server has dropped its history",
  ({ kubeconfig, etcdAddress, adminToken, ...cluster }) => {
    it("is made anew (410), and tells what it missed", async () => {
      const client = openClient(kubeconfig);
      await installCrds(client);
      const resource = storeResource({ kind: "ClusterSecretStore" });
      await createObject(
        client,
        resource,
        storeManifest("ClusterSecretStore", "a", { provider: "file" }),
        calm(),
      );
      const gateway = await startGateway({ kubeconfig, etcdAddress, adminToken, ...cluster });
      const catalogue = openCatalogue(
        watchStores(openClient(await kubeconfigFor(gateway.address, adminToken)), { idleMs: 500 }),
      );
      await catalogue.ready(AbortSignal.timeout(20_000));
      // Away from here, while what it has seen is dropped.
      gateway.intercept = (asked) => {
        asked.socket.destroy();
        return true;
      };
      await waitUntil("it is cut off", () => catalogue.health().problems.length === 2);
      await deleteObject(client, resource, "a", calm());
      const made = await createObject(
        client,
        resource,
        storeManifest("ClusterSecretStore", "b", { provider: "file" }),
        calm(),
      );
      const body = JSON.stringify({ revision: made.metadata.resourceVersion, physical: true });
      const compacted = await fetch(`${etcdAddress}/v3/kv/compaction`, { method: "POST", body });
      expect(compacted.ok).toBe(true);
      gateway.intercept = () => false;
      await waitUntil("it knows", () => catalogue.find("x", "b").status === "found");
      expect(catalogue.find("x", "a").status).toBe("missing");
      await gateway.stop();
    });
  },
  { watchCache: false },
);
