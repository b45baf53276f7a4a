import { expect, it } from "vitest";
import type { RunningKubernetes } from "../../../test/servers/kubernetes.js";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { startGateway } from "../../../test/servers/kubernetes-gateway.js";
import { startSilencingProxy } from "../../../test/servers/kubernetes-proxy.js";
import { waitUntil } from "../../../test/servers/shared/wait-until.js";
import {
  listObjects,
  type KubernetesClient,
  type ObjectEvent,
  type Resource,
  resourcePath,
  watchObjects,
} from "../src/index.js";
import type { WatchQuery } from "../src/index.js";
import { Follower } from "../../../test/servers/kubernetes-follower.js";
import { calm, kubeconfigFor, newNamespace, openClient } from "./support.js";

function watch(client: KubernetesClient, query: WatchQuery): Follower<ObjectEvent> {
  return new Follower((signal) => watchObjects(client, { metadataOnly: true, ...query }, { signal }));
}

async function create(client: KubernetesClient, resource: Resource, name: string): Promise<void> {
  await client.call({ method: "POST", path: resourcePath(resource), body: { metadata: { name } } }, calm());
}

await describeOnKubernetes("watching a real API server", (cluster) => {
  const { kubeconfig, address, caCert, adminToken } = cluster;

  it("tells what is there, then what changes and goes", async () => {
    const client = openClient(kubeconfig);
    const resource = await newNamespace(client);
    await create(client, resource, "a");
    const events = watch(client, { resource });
    expect(await events.next()).toMatchObject({ kind: "synced", objects: [{ metadata: { name: "a" } }] });
    await create(client, resource, "b");
    expect(await events.next()).toMatchObject({ kind: "changed", object: { metadata: { name: "b" } } });
    await client.call({ method: "DELETE", path: resourcePath(resource, "a") }, calm());
    expect(await events.next()).toMatchObject({ kind: "deleted", object: { metadata: { name: "a" } } });
  });

  it("goes on from a state, past the server's ending it and its bookmarks", async () => {
    const client = openClient(kubeconfig);
    const resource = await newNamespace(client);
    const first = await watch(client, { resource }).next();
    await create(client, resource, "a");
    const { resourceVersion } = first;
    const events = watch(client, { resource, resourceVersion, serverTimeoutSeconds: 1 });
    const seen: string[] = [];
    for (const name of ["b", "c", "d"]) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await create(client, resource, name);
    }
    while (seen.length < 4) {
      const event = await events.next();
      if (event.kind === "changed") seen.push(event.object.metadata.name);
    }
    expect(seen).toEqual(["a", "b", "c", "d"]);
  });

  it("misses nothing when its connection falls silent", async () => {
    const proxy = await startSilencingProxy(address);
    const admin = openClient(kubeconfig);
    const client = openClient(await kubeconfigFor(proxy.address, adminToken, caCert));
    const resource = await newNamespace(admin);
    const events = watch(client, { resource, idleMs: 1000 });
    expect((await events.next()).kind).toBe("synced");
    await create(admin, resource, "a");
    expect(await events.next()).toMatchObject({ kind: "changed", object: { metadata: { name: "a" } } });
    proxy.silence();
    await create(admin, resource, "b");
    const started = Date.now();
    expect(await events.next()).toMatchObject({ kind: "changed", object: { metadata: { name: "b" } } });
    expect(Date.now() - started).toBeLessThan(5000);
    await proxy.stop();
  });

  it("closes its connection when the signal aborts, and rejects with its reason", async () => {
    const proxy = await startSilencingProxy(address);
    const client = openClient(await kubeconfigFor(proxy.address, adminToken, caCert));
    const events = watch(client, { resource: { version: "v1", plural: "secrets", namespace: "default" } });
    await events.next();
    const reason = new Error("enough");
    const ended = events.abort(reason);
    await expect(ended).rejects.toBe(reason);
    client[Symbol.dispose]();
    await waitUntil("no connection is left", () => proxy.connections() === 0, { timeoutMs: 2000 });
    await proxy.stop();
  });

  it("comes through a server that fails for a while, and gives up on one that refuses", async () => {
    const gateway = await startGateway(cluster);
    const client = openClient(await kubeconfigFor(gateway.address, adminToken));
    const resource = await newNamespace(client);
    let failures = 3;
    gateway.intercept = (_, response) => {
      if (failures-- <= 0) return false;
      response.writeHead(503).end("CANARY");
      return true;
    };
    const events = watch(client, { resource });
    expect((await events.next()).kind).toBe("synced");
    failures = Infinity;
    gateway.intercept = (_, response) => {
      response.writeHead(503).end("CANARY");
      return true;
    };
    const giving = watch(client, { resource, mostFailures: 2 });
    await expect(giving.next()).rejects.toMatchObject({ status: 503, reason: "http-503" });
    const limited = watch(openClient(kubeconfig, "limited"), { resource });
    await expect(limited.next()).rejects.toMatchObject({ status: 403 });
    await gateway.stop();
  });
});

const defineDropped = ({ kubeconfig, etcdAddress }: RunningKubernetes): void => {
  const compact = async (revision: string): Promise<void> => {
    const body = JSON.stringify({ revision, physical: true });
    const { ok } = await fetch(`${etcdAddress}/v3/kv/compaction`, { method: "POST", body });
    expect(ok).toBe(true);
  };

  it("is synchronised with anew (410)", async () => {
    const client = openClient(kubeconfig);
    const resource = await newNamespace(client);
    const { resourceVersion } = await watch(client, { resource }).next();
    for (const name of ["a", "b", "c"]) await create(client, resource, name);
    const now = await watch(client, { resource }).next();
    await compact(now.resourceVersion);
    const events = watch(client, { resource, resourceVersion });
    expect(await events.next()).toMatchObject({ kind: "synced", objects: { length: 3 } });
    await create(client, resource, "d");
    expect(await events.next()).toMatchObject({ kind: "changed", object: { metadata: { name: "d" } } });
  });

  it("is listed anew, each object once (410)", async () => {
    const client = openClient(kubeconfig);
    const resource = await newNamespace(client);
    for (const name of ["a", "b", "c", "d"]) await create(client, resource, name);
    const names: string[] = [];
    let pages = 0;
    for await (const page of listObjects(client, { resource, pageSize: 2 }, calm())) {
      names.push(...page.objects.map(({ metadata: { name } }) => name));
      if (pages++ > 0) continue;
      await create(client, resource, "aa");
      const now = await watch(client, { resource }).next();
      await compact(now.resourceVersion);
    }
    expect(names).toEqual(["a", "b", "aa", "c", "d"]);
  });
};

await describeOnKubernetes("a server that has dropped its history", defineDropped, { watchCache: false });
