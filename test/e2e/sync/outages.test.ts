import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startTcpProxy } from "../../servers/faults/tcp-proxy.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { AWS_ENVIRONMENT, type SecretsManagerServer, startSecretsManager } from "./secrets-manager.js";
import { startSyncProcess } from "./sync-process.js";
import { SyncWorld } from "./sync-world.js";

vi.setConfig({ testTimeout: 240_000 });

await describeOnKubernetes("sluice sync, through outages", (cluster) => {
  let world: SyncWorld;
  let aws: SecretsManagerServer;

  beforeAll(async () => {
    [world, aws] = await Promise.all([SyncWorld.open(cluster), startSecretsManager()]);
    await world.store("prod", aws.store);
  }, 120_000);

  afterAll(async () => {
    await aws.stop();
    await world.close();
  }, 60_000);

  const one = (path: string, more: object = {}): object => ({
    data: [{ key: "password", from: `secret://prod/${path}` }],
    ...more,
  });

  /** Syncs with their secrets in a namespace of their own. */
  async function several(name: string, count: number): Promise<{ namespace: string; values: string[] }> {
    const namespace = await world.newNamespace();
    const values = Array.from({ length: count }, (_, at) => world.secret(`${name}${at}`));
    for (const [at, value] of values.entries()) {
      await aws.put(`${name}/${at}`, value);
      await world.sync(namespace, `s${at}`, one(`${name}/${at}`, { target: { deletionPolicy: "Delete" } }));
    }
    return { namespace, values };
  }
  async function untilAll(namespace: string, values: readonly string[]): Promise<void> {
    for (const [at, password] of values.entries()) await world.untilData(namespace, `s${at}`, { password });
  }

  /** Which objects they are: what stands is not made anew. */
  async function uidsOf(namespace: string, count: number): Promise<(string | undefined)[]> {
    const names = Array.from({ length: count }, (_, at) => `s${at}`);
    return Promise.all(
      names.map(async (name) => (await world.object("secrets", namespace, name))?.metadata.uid),
    );
  }

  it("one leads; when it is killed the other goes on, and when it is told to stop at once", async () => {
    const { namespace, values } = await several("leader", 5);
    const processes = [await startSyncProcess(world), await startSyncProcess(world)];
    const leader = async () => {
      for (const each of processes) if ((await each.metric("sluice_sync_leading")) === 1) return each;
      return undefined;
    };
    await untilAll(namespace, values);
    const uids = await uidsOf(namespace, 4);
    const first = await leader();
    expect(first).toBeDefined();
    expect(await Promise.all(processes.map(async (each) => each.metric("sluice_sync_leading")))).toContain(0);
    await first?.kill();
    processes.splice(processes.indexOf(first ?? (processes[0] as (typeof processes)[0])), 1);
    const rotated = values.map((_, at) => world.secret(`again${at}`));
    for (const [at, value] of rotated.entries()) await aws.put(`leader/${at}`, value);
    await world.edit(namespace, "s0", { stringData: { password: "edited meanwhile" } });
    await world.remove("secretsyncs", namespace, "s4");
    await untilAll(namespace, rotated.slice(0, 4));
    await waitUntil(
      "what was left behind is gone",
      async () => (await world.data(namespace, "s4")) === undefined,
    );
    expect(await uidsOf(namespace, 4)).toEqual(uids);
    const [second] = processes;
    expect(await second?.metric("sluice_sync_leading")).toBe(1);
    expect(await second?.stop()).toBe(0);
  });

  it("nothing is lost while the API server is down, or when watches break or hang", async () => {
    const { namespace, values } = await several("api", 3);
    await using proxy = await startTcpProxy(Number(new URL(cluster.address).port));
    const kubeconfig = await world.writeConfig("proxied", `https://127.0.0.1:${proxy.port}`);
    // Bookmarks come once a minute: less is silence here.
    const times = { idleMs: 3_000, timeoutMs: 3_000 };
    const started = world.start({ environment: AWS_ENVIRONMENT, kubeconfig, ...times });
    try {
      await untilAll(namespace, values);
      const uids = await uidsOf(namespace, 3);
      for (const fault of [proxy.closeAll, proxy.silence]) {
        fault();
        await world.edit(namespace, "s0", { stringData: { password: "edited" } });
        await untilAll(namespace, values);
      }

      await cluster.killApiServer();
      const rotated = values.map((_, at) => world.secret(`later${at}`));
      for (const [at, value] of rotated.entries()) await aws.put(`api/${at}`, value);
      await cluster.startApiServer();
      await untilAll(namespace, rotated);
      await world.edit(namespace, "s1", { stringData: { password: "edited" } });
      await untilAll(namespace, rotated);
      expect(await uidsOf(namespace, 3)).toEqual(uids);
      expect(started.controller.state.isLeading()).toBe(true);
    } finally {
      await started.stop();
    }
  });

  it("controllers with shards do what is theirs, side by side", async () => {
    const namespace = await world.newNamespace();
    const value = world.secret("shard");
    await aws.put("shard", value);
    await world.sync(namespace, "plain", one("shard"));
    await world.sync(namespace, "sharded", one("shard"), { "sluice.dev/shard": "a" });
    const plain = world.start({ environment: AWS_ENVIRONMENT });
    await world.untilData(namespace, "plain", { password: value });
    expect(await world.data(namespace, "sharded")).toBeUndefined();
    const sharded = world.start({ environment: AWS_ENVIRONMENT, shard: "a" });
    await world.untilData(namespace, "sharded", { password: value });
    await Promise.all([plain.stop(), sharded.stop()]);
  });

  it("a controller of some namespaces leaves others alone", async () => {
    const [own, other] = [await world.newNamespace(), await world.newNamespace()];
    const value = world.secret("namespaces");
    await aws.put("namespaces", value);
    for (const namespace of [other, own]) await world.sync(namespace, "here", one("namespaces"));
    const started = world.start({ environment: AWS_ENVIRONMENT, namespaces: [own] });
    await world.untilData(own, "here", { password: value });
    await world.edit(own, "here", { stringData: { password: "edited" } });
    await world.untilData(own, "here", { password: value });
    expect(await world.data(other, "here")).toBeUndefined();
    await started.stop();
  });

  it("no value was told anybody", async () => {
    expect(world.told.length).toBeGreaterThan(0);
    expect(await world.leaks()).toEqual([]);
  });
});
