import { type SecretProvider, StoreError, type WatchEvent } from "@sluice/core";
import { afterAll, expect, it } from "vitest";
import { startGateway } from "../../../test/servers/kubernetes-gateway.js";
import { startSilencingProxy } from "../../../test/servers/kubernetes-proxy.js";
import { Follower } from "../../../test/servers/kubernetes-follower.js";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { ClusterAdmin } from "./cluster-admin.js";
import { contextOf, type FullProvider, open, pagesOf, pathsOf, versionOf } from "./support.js";

function watch(provider: FullProvider, paths: readonly string[], cursor?: string): Follower<WatchEvent> {
  const query = { paths, ...(cursor !== undefined && { cursor }) };
  return new Follower((signal) => provider.watch(query, contextOf({ signal })));
}

async function thrown(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

await describeOnKubernetes("following a real cluster", (server) => {
  const { kubeconfig, address, caCert, adminToken } = server;
  const admin = new ClusterAdmin(server);
  afterAll(async () => admin[Symbol.asyncDispose]());

  it("lists 1,200 secrets in pages, with the version that reading gives, and goes on from a page", async () => {
    const namespace = await admin.namespace();
    const names = Array.from({ length: 1200 }, (_, n) => `s-${String(n).padStart(4, "0")}`);
    for (let at = 0; at < names.length; at += 50)
      await Promise.all(
        names.slice(at, at + 50).map(async (name) => admin.write(namespace, name, { k: "CANARY" })),
      );
    const provider = open({ kubeconfig, namespace });
    const pages = await pagesOf(provider);
    expect(pages.map(({ items, complete }) => [items.length, complete])).toEqual([
      [500, false],
      [500, false],
      [200, true],
    ]);
    expect(pages.flatMap(({ items }) => items.map(({ path }) => path))).toEqual(names);
    expect(pages[0]?.items[7]?.version).toBe(await versionOf(provider, "s-0007"));
    expect(await pathsOf(provider, { pageToken: pages[0]?.nextPageToken })).toEqual(names.slice(500));
    expect(await pathsOf(provider, { prefix: "s-11" })).toEqual(names.slice(1100));
    const everywhere = open({ kubeconfig });
    expect(await pathsOf(everywhere, { prefix: `${namespace}/s-0` })).toHaveLength(1000);
    expect(await pathsOf(everywhere)).toHaveLength(1200);
  });

  it("rejects rather than call a part the whole", async () => {
    const limited = open({ kubeconfig, context: "limited", namespace: "default" });
    const error = await thrown(pagesOf(limited));
    expect(StoreError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ store: "cluster", failure: { status: "denied" } });
    const bogus = await thrown(pagesOf(open({ kubeconfig }), { pageToken: "bogus" }));
    expect(bogus).toMatchObject({ failure: { status: "invalid" } });
  });

  it("tells what happens to the watched paths, with what rights to their names allow", async () => {
    const namespace = await admin.namespace();
    await admin.write(namespace, "a", { k: "1" });
    await admin.grant(namespace, { user: "limited" }, ["get", "list", "watch"], ["a", "b"]);
    const provider = open({ kubeconfig, context: "limited", namespace });
    const events = watch(provider, ["a", "b", "a", "No Path"]);
    expect((await events.next()).kind).toBe("resync");
    await admin.write(namespace, "c", { k: "1" });
    await admin.write(namespace, "a", { k: "2" });
    const version = await versionOf(provider, "a");
    expect(await events.next()).toMatchObject({ kind: "changed", path: "a", version });
    await admin.write(namespace, "b", { k: "1" });
    expect(await events.next()).toMatchObject({ kind: "changed", path: "b" });
    await admin.remove(namespace, "a");
    expect(await events.next()).toMatchObject({ kind: "deleted", path: "a" });
  });

  it("watches a namespace once for many paths", async () => {
    const namespace = await admin.namespace();
    const gateway = await startGateway(server);
    const provider = open({ kubeconfig: await admin.kubeconfig(gateway.address, adminToken) });
    const names = Array.from({ length: 30 }, (_, n) => `s-${n}`);
    const events = watch(
      provider,
      names.map((name) => `${namespace}/${name}`),
    );
    expect((await events.next()).kind).toBe("resync");
    await admin.write(namespace, "other", { k: "1" });
    await admin.write(namespace, "s-29", { k: "1" });
    expect(await events.next()).toMatchObject({ kind: "changed", path: `${namespace}/s-29` });
    expect(gateway.requests.filter((request) => request.includes("watch=true"))).toHaveLength(1);
    await gateway.stop();
  });

  it("goes on after a cursor, and begins anew with one it does not know", async () => {
    const namespace = await admin.namespace();
    const provider = open({ kubeconfig, namespace });
    const { cursor } = await watch(provider, ["a", "b"]).next();
    for (const name of ["a", "b"]) await admin.write(namespace, name, { k: "1" });
    await admin.remove(namespace, "a");
    const later = watch(provider, ["a", "b"], cursor);
    const told = [await later.next(), await later.next(), await later.next()];
    const told1 = told.map((event) => `${event.kind} ${"path" in event ? event.path : ""}`);
    expect(told1.toSorted()).toEqual(["changed a", "changed b", "deleted a"]);
    for (const unknown of ["of another process", "", Buffer.from("[1]").toString("base64url")])
      expect((await watch(provider, ["a"], unknown).next()).kind).toBe("resync");
    expect((await watch(provider, []).next()).kind).toBe("resync");
  });

  it("misses nothing when its connection falls silent", async () => {
    const namespace = await admin.namespace();
    const proxy = await startSilencingProxy(address);
    const provider = open({
      namespace,
      watchIdleMs: 800,
      kubeconfig: await admin.kubeconfig(proxy.address, adminToken, caCert),
    });
    const events = watch(provider, ["a"]);
    await events.next();
    proxy.silence();
    await admin.write(namespace, "a", { k: "1" });
    expect(await events.next()).toMatchObject({ kind: "changed", path: "a" });
    await proxy.stop();
  });

  it("ends when its signal aborts, and rejects when it is refused", async () => {
    const namespace = await admin.namespace();
    const events = watch(open({ kubeconfig, namespace }), ["a"]);
    await events.next();
    expect(await events.abort(new Error("enough"))).toEqual({ done: true, value: undefined });
    const provider: SecretProvider = open({ kubeconfig, context: "limited", namespace });
    const refused = await thrown(watch(provider as FullProvider, ["a"]).next());
    expect(StoreError.isInstance(refused)).toBe(true);
    expect(refused).toMatchObject({ failure: { status: "denied" } });
  });
});
