import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChildProcess } from "node:child_process";
import type { SecretResolver } from "@sluice/core";
import { field, KubernetesClient, listObjects } from "@sluice/kubernetes";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startHttpProxy, type HttpProxy } from "../../servers/faults/http-proxy.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { describeOnCluster } from "./describe-on-cluster.js";
import { inParallel } from "../starts/in-parallel.js";
import { createAnnotatedPod, createNamespace, deletePods } from "./cluster-pods.js";
import { GeneratorPlace } from "./generator-place.js";
import { openParameterStore } from "./open-parameter-store.js";

const PODS = 1_000;
const NAMESPACE = "fleet";
const LEDGERS = "sluice-system";
const PATIENCE = { timeoutMs: 240_000, intervalMs: 1_000 };

await describeOnCluster("leases of a thousand pods", (cluster, subject) => {
  const prefix = `/${subject.path("fleet")}`;
  const names = Array.from({ length: PODS }, (_, at) => `worker-${at}`);
  const annotations = {
    "init.bsycorp.com/storage-prefix": prefix,
    "lease.bsycorp.com/snowflake": `kind=INDEX,storageKeyPrefix=flake,rangeStart=0,rangeEnd=${PODS - 1}`,
  };
  let client: KubernetesClient;
  let proxy: HttpProxy;
  let place: GeneratorPlace;
  let resolver: SecretResolver;
  const running: ChildProcess[] = [];

  beforeAll(async () => {
    client = new KubernetesClient({ environment: {}, kubeconfig: cluster.kubeconfig });
    await createNamespace(client, NAMESPACE);
    await createNamespace(client, LEDGERS);
    const { endpoint } = subject.store.options as unknown as { endpoint: string };
    proxy = await startHttpProxy({ address: endpoint });
    const store = await subject.at(`http://127.0.0.1:${proxy.port}`);
    place = await GeneratorPlace.open({ ...subject, store });
    resolver = openParameterStore(subject);
  });
  afterAll(async () => {
    await Promise.all(running.map(kill));
    await resolver[Symbol.asyncDispose]();
    await place[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    client[Symbol.dispose]();
  });

  it(
    "each has a number of its own, and gives it back, also when nobody watched it go",
    { timeout: 600_000 },
    async () => {
      start();
      start();
      await inParallel(8, names, async (name) => createAnnotatedPod(client, NAMESPACE, name, annotations));
      await waitUntil("each pod has a number", async () => (await leases()).length === PODS, PATIENCE);
      expect(await holders()).toEqual(names.toSorted());
      expect(indexes(await leases())).toEqual(names.map((_, index) => index));
      // One write for each, and some more where two generators took turns.
      expect(count("PutParameter")).toBeLessThan(PODS * 1.1);
      expect(count("GetParameter")).toBeLessThan(PODS / 10);
      await waitUntil("the ledger says so", async () => (await entries()).every(isSettled), PATIENCE);
      expect(await entries()).toHaveLength(PODS);

      // Half of them go while nobody watches.
      await Promise.all(running.splice(0).map(kill));
      await deletePods(client, NAMESPACE, names.slice(0, PODS / 2));
      expect(await leases()).toHaveLength(PODS);
      start();
      await waitUntil("half is free", async () => (await leases()).length === PODS / 2, PATIENCE);
      expect(await holders()).toEqual(names.slice(PODS / 2).toSorted());

      // The others go while two watch.
      start();
      await deletePods(client, NAMESPACE, names.slice(PODS / 2));
      await waitUntil("all is free", async () => (await leases()).length === 0, PATIENCE);
      await waitUntil("the ledger is empty", async () => (await entries()).length === 0, PATIENCE);
    },
  );

  function start(): void {
    const child = place.start(
      "--kubeconfig",
      cluster.kubeconfig,
      "--ledger-namespace",
      LEDGERS,
      "--management",
      "127.0.0.1:0",
      "--log-level",
      "warn",
    );
    // Nobody reads what it says, which must not stop it.
    child.stdout?.resume();
    child.stderr?.pipe(process.stderr, { end: false });
    running.push(child);
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** Paths of the leases that the store has. moto cannot list while somebody writes, and answers 500. */
  async function leases(): Promise<string[]> {
    for (let attempt = 1; ; attempt += 1)
      try {
        const listing = resolver.list("main", { prefix: `${prefix}/leases/flake.` }, { timeoutMs: 60_000 });
        return (await Array.fromAsync(listing)).map(({ path }) => path);
      } catch (thrown) {
        if (attempt === 200) throw thrown;
        await sleep(500);
      }
  }

  function indexes(paths: readonly string[]): number[] {
    return paths.map((path) => Number(path.slice(path.lastIndexOf(".") + 1))).sort((a, b) => a - b);
  }

  /** Names of the pods that the store has as holders. */
  async function holders(): Promise<string[]> {
    const paths = await leases();
    const values = await resolver.getAll(
      paths.map((path) => ({ store: "main", path })),
      { timeoutMs: 120_000 },
    );
    return values.map((value) => value.text()).sort();
  }

  /** What the ledger says. */
  async function entries(): Promise<string[]> {
    const query = {
      resource: { version: "v1", plural: "configmaps", namespace: LEDGERS },
      labelSelector: "sluice.dev/lease-ledger=true",
    };
    const pages = await Array.fromAsync(listObjects(client, query, { signal: AbortSignal.timeout(60_000) }));
    return pages.flatMap(({ objects }) =>
      objects.flatMap((object) => Object.values((field(object, "data") ?? {}) as Record<string, string>)),
    );
  }

  function isSettled(entry: string): boolean {
    return /^fleet\/worker-\d+$/.test(entry);
  }

  function count(operation: string): number {
    return proxy.calls.filter(({ headers }) => String(headers["x-amz-target"]).includes(operation)).length;
  }
});
