import { beforeAll, expect, it, onTestFinished } from "vitest";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { startGateway } from "../../../test/servers/kubernetes-gateway.js";
import { waitUntil } from "../../../test/servers/shared/wait-until.js";
import {
  createObject,
  deleteObject,
  EventRecorder,
  getObject,
  KubernetesClient,
  type KubernetesObject,
  listObjects,
  patchObject,
} from "../src/index.js";
import {
  reportStores,
  type ReportStoresOptions,
  type Store,
  type StoreCheck,
  type StoreKey,
  storeResource,
  type StoreStatus,
  watchStores,
} from "../src/stores/index.js";
import { installCrds, openCatalogue, storeManifest } from "./stores-support.js";
import { calm, kubeconfigFor, newNamespace, openClient } from "./support.js";

const READY: StoreCheck = { ready: true, reason: "Checked", message: "The store answers" };

await describeOnKubernetes("what is reported of stores to a real API server", (cluster) => {
  const { kubeconfig, adminToken } = cluster;
  beforeAll(async () => {
    using client = new KubernetesClient({ kubeconfig, environment: {} });
    await installCrds(client);
  });
  const resource = storeResource({ kind: "ClusterSecretStore" });
  const create = async (client: KubernetesClient, name: string, spec: object): Promise<KubernetesObject> => {
    onTestFinished(async () => {
      await deleteObject(openClient(kubeconfig), resource, name, calm());
    });
    return createObject(client, resource, storeManifest("ClusterSecretStore", name, spec), calm());
  };
  const statusOf = async (client: KubernetesClient, name: string): Promise<StoreStatus> =>
    ((await getObject(client, resource, name, calm())) as KubernetesObject & { status?: StoreStatus })
      .status ?? {};
  const reasonOf = async (client: KubernetesClient, name: string): Promise<string | undefined> =>
    (await statusOf(client, name)).conditions?.[0]?.reason;
  const becomes = async (client: KubernetesClient, name: string, reason: string): Promise<void> =>
    waitUntil(`${name} is ${reason}`, async () => (await reasonOf(client, name)) === reason, {
      timeoutMs: 20_000,
    });

  const start = async (
    client: KubernetesClient,
    check: (store: Store, signal: AbortSignal) => Promise<StoreCheck>,
    more: Partial<ReportStoresOptions> = {},
  ): Promise<{ stop: () => Promise<void> }> => {
    const controller = new AbortController();
    const catalogue = openCatalogue(watchStores(client));
    await catalogue.ready(AbortSignal.timeout(20_000));
    const options = { intervalMs: 200, retryMs: 100, ...more, check, signal: controller.signal };
    const running = reportStores(client, catalogue, options);
    const stop = async (): Promise<void> => {
      controller.abort();
      await running;
    };
    onTestFinished(stop);
    return { stop };
  };
  let count = 0;
  const newName = (): string => `r${++count}`;

  it("is whether it is ready, once, however often it is looked at", async () => {
    const gateway = await startGateway(cluster);
    const client = openClient(await kubeconfigFor(gateway.address, adminToken));
    const name = newName();
    await create(client, name, { provider: "file" });
    let looks = 0;
    await start(client, async () => {
      looks++;
      return READY;
    });
    await becomes(client, name, "Checked");
    const { metadata } = await getObject(client, resource, name, calm());
    const status = await statusOf(client, name);
    expect(status).toEqual({
      observedGeneration: 1,
      checkedAt: expect.any(String),
      conditions: [
        {
          type: "Ready",
          status: "True",
          reason: "Checked",
          message: "The store answers",
          observedGeneration: 1,
          lastTransitionTime: status.checkedAt,
        },
      ],
    });
    const before = looks;
    await waitUntil("it was looked at again", () => looks > before + 3);
    expect(gateway.requests.filter((request) => request.startsWith("PATCH"))).toHaveLength(1);
    const later = await getObject(client, resource, name, calm());
    expect(later.metadata.resourceVersion).toBe(metadata.resourceVersion);
    await gateway.stop();
  });

  it("is written again when it is old", async () => {
    const client = openClient(kubeconfig);
    const name = newName();
    await create(client, name, { provider: "file" });
    await start(client, async () => READY, { refreshMs: 0 });
    await becomes(client, name, "Checked");
    const first = await statusOf(client, name);
    await waitUntil("it is newer", async () => (await statusOf(client, name)).checkedAt !== first.checkedAt);
    const { lastTransitionTime } = first.conditions?.[0] ?? {};
    expect((await statusOf(client, name)).conditions?.[0]?.lastTransitionTime).toBe(lastTransitionTime);
  });

  it("is what changed, with an event, and at once when the store was changed", async () => {
    const client = openClient(kubeconfig);
    const name = newName();
    const { metadata } = await create(client, name, { provider: "file", options: { path: "a" } });
    const recorder = new EventRecorder(client, { controller: "sluice.dev/broker", instance: "b-1" });
    const check = async ({ options }: Store): Promise<StoreCheck> =>
      options["path"] === "a" ? READY : { ready: false, reason: "Denied", message: "line\nbreak" };
    // Only a change makes it look again.
    await start(client, check, { recorder, intervalMs: 3_600_000 });
    await becomes(client, name, "Checked");
    await patchObject(client, resource, name, { spec: { options: { path: "b" } } }, calm());
    await becomes(client, name, "Denied");
    expect(await statusOf(client, name)).toMatchObject({
      observedGeneration: 2,
      conditions: [{ status: "False", message: "line break", observedGeneration: 2 }],
    });
    await patchObject(client, resource, name, { spec: { suspend: true } }, calm());
    await becomes(client, name, "Suspended");
    const fieldSelector = `involvedObject.uid=${metadata.uid}`;
    const events = async (): Promise<object[]> => {
      const query = { resource: { version: "v1", plural: "events", namespace: "default" }, fieldSelector };
      return (await Array.fromAsync(listObjects(client, query, calm()))).flatMap(({ objects }) => objects);
    };
    await waitUntil("it was told", async () => (await events()).length === 2);
    expect(await events()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          type: "Normal",
          reason: "StoreReady",
          message: "Checked: The store answers",
        }),
        expect.objectContaining({ type: "Warning", reason: "StoreNotReady" }),
      ]),
    );
  });

  it("is nothing of what a check threw, nor of one that hangs", async () => {
    const client = openClient(kubeconfig);
    const [throws, hangs] = [newName(), newName()];
    await create(client, throws, { provider: "file" });
    await create(client, hangs, { provider: "file" });
    const check = async ({ name }: Store): Promise<StoreCheck> =>
      name === throws ? Promise.reject(new TypeError("CANARY")) : new Promise(() => undefined);
    await start(client, check, { checkTimeoutMs: 100, concurrency: 1 });
    await becomes(client, throws, "CheckFailed");
    await becomes(client, hangs, "CheckFailed");
    const text = JSON.stringify([await statusOf(client, throws), await statusOf(client, hangs)]);
    expect(text).toMatch(/The check failed \(TypeError\).*did not answer within 100 ms/);
    expect(text).not.toContain("CANARY");
  });

  it("is of a namespace's own store too, and says why it cannot be used", async () => {
    const client = openClient(kubeconfig);
    const { namespace = "" } = await newNamespace(client);
    const own = storeResource({ kind: "SecretStore", namespace });
    const manifest = storeManifest("SecretStore", "a", { provider: "vault", identity: "broker" });
    await createObject(client, own, manifest, calm());
    await start(client, async () => READY);
    await waitUntil("it is said", async () => {
      const object = await getObject(client, own, "a", calm());
      return JSON.stringify(object).includes('"reason":"Invalid"');
    });
    const object = await getObject(client, own, "a", calm());
    expect(JSON.stringify(object)).toContain("may not use identity: broker");
    await deleteObject(client, own, "a", calm());
  });

  it("is tried again when it could not be written, and not of a store made anew", async () => {
    const gateway = await startGateway(cluster);
    const client = openClient(await kubeconfigFor(gateway.address, adminToken));
    const admin = openClient(kubeconfig);
    const name = newName();
    await create(admin, name, { provider: "file" });
    let failures = 2;
    gateway.intercept = ({ method }, response) => {
      if (method !== "PATCH" || failures-- <= 0) return false;
      response.writeHead(503).end();
      return true;
    };
    const problems: StoreKey[] = [];
    const stop = await start(client, async () => READY, { onProblem: (key) => problems.push(key) });
    await becomes(admin, name, "Checked");
    expect(problems).toEqual([
      { kind: "ClusterSecretStore", name },
      { kind: "ClusterSecretStore", name },
    ]);
    await deleteObject(admin, resource, name, calm());
    await create(admin, name, { provider: "file", suspend: true });
    await becomes(admin, name, "Suspended");
    await stop.stop();
    await gateway.stop();
  });
});
