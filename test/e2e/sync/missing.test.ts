import { readFile } from "node:fs/promises";
import { deleteObject, field, getObject, type ObjectToWrite } from "@sluice/kubernetes";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { parseAllDocuments } from "yaml";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { apply, calm, installCrds } from "../broker/broker-access.js";
import { type SecretsManagerServer, startSecretsManager } from "./secrets-manager.js";
import { type SyncProcess, startSyncProcess } from "./sync-process.js";
import { SyncWorld } from "./sync-world.js";

const RESTARTS = new URL("../../../deploy/kustomize/components/sync-restarts/rbac.yaml", import.meta.url);
const CRDS = { group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions" };
const ALIVE = { timeoutMs: 120_000 };

await describeOnKubernetes("sluice sync, where something is missing", (cluster) => {
  let world: SyncWorld;
  let aws: SecretsManagerServer;

  beforeAll(async () => {
    [world, aws] = await Promise.all([SyncWorld.open(cluster), startSecretsManager()]);
    await world.store("prod", aws.store);
  });

  afterAll(async () => {
    await aws.stop();
    await world.close();
  });

  async function start(...args: string[]): Promise<SyncProcess> {
    const process = await startSyncProcess(world, args);
    onTestFinished(async () => void (await process.stop()));
    return process;
  }

  async function untilNotReady(process: SyncProcess, ...texts: string[]): Promise<void> {
    let said = "";
    await waitUntil(`it says ${texts.join(", ")}`, async () => {
      said = await process.notReady();
      return texts.every((text) => said.includes(text));
    }).catch((thrown: unknown) => {
      throw new Error(`${String(thrown)}; it said ${said}`);
    });
  }
  const untilReady = async (process: SyncProcess): Promise<void> =>
    waitUntil("it is ready", async () => (await process.notReady()) === "", ALIVE);

  it("the rights to restart: it syncs on, says which it lacks, and restarts when it has them", async () => {
    const namespace = await world.newNamespace();
    const [before, after] = [world.secret("before"), world.secret("after")];
    await aws.put("missing", before);
    const labels = { app: "web" };
    await apply(world.admin, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace, annotations: { "sluice.dev/restart-on-change": "true" } },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: "app", image: "app", envFrom: [{ secretRef: { name: "db" } }] }] },
        },
      },
    } as ObjectToWrite & { metadata: { name: string } });
    const process = await start("--restarts");
    await world.sync(namespace, "db", { data: [{ key: "password", from: "secret://prod/missing" }] });
    await world.untilData(namespace, "db", { password: before });
    await untilNotReady(process, "Deployments in all namespaces", "sluice-sync-restarts", "docs/rotate.md");
    expect(await process.metric("sluice_sync_leading")).toBe(1);

    for (const document of parseAllDocuments(await readFile(RESTARTS, "utf8")))
      await apply(world.admin, document.toJS() as ObjectToWrite & { metadata: { name: string } });
    await untilReady(process);
    const read = async () =>
      getObject(
        world.admin,
        { group: "apps", version: "v1", plural: "deployments", namespace },
        "web",
        calm(),
      );
    await waitUntil(
      "it was looked at",
      async () => (await read()).metadata.annotations?.["sluice.dev/seen-versions"] !== undefined,
      ALIVE,
    );
    await aws.put("missing", after);
    await waitUntil(
      "it is restarted",
      async () => {
        const template = field(field(await read(), "spec"), "template");
        return field(field(template, "metadata"), "annotations") !== undefined;
      },
      ALIVE,
    );
    expect(await world.data(namespace, "db")).toEqual({ password: after });
  });

  it("its kind: it stays up, deletes nothing, says where that is to be had, and works when it is there", async () => {
    const namespace = await world.newNamespace();
    const value = world.secret("kind");
    await aws.put("kind", value);
    const before = await start();
    await world.sync(namespace, "stands", { data: [{ key: "password", from: "secret://prod/kind" }] });
    await world.untilData(namespace, "stands", { password: value });
    await before.kill();
    await deleteObject(world.admin, CRDS, "secretsyncs.sluice.dev", calm());
    const process = await start();
    await untilNotReady(process, "SecretSyncs in all namespaces", "CustomResourceDefinition", "docs/sync.md");
    expect(await process.metric("sluice_sync_leading")).toBe(1);
    // Its kind may come back, and its sync with it.
    expect(await world.data(namespace, "stands")).toEqual({ password: value });
    await installCrds(world.admin);
    await waitUntil("syncs are served", async () =>
      world.sync(namespace, "db", { data: [{ key: "password", from: "secret://prod/kind" }] }).then(
        () => true,
        () => false,
      ),
    );
    await world.untilData(namespace, "db", { password: value });
    await untilReady(process);
    expect(await process.metric("sluice_sync_leading")).toBe(1);
    // It came back without.
    await waitUntil(
      "what nobody asks for any more is gone",
      async () => (await world.data(namespace, "stands")) === undefined,
    );
  });

  it("no value was told anybody", async () => {
    expect(world.told.length).toBeGreaterThan(0);
    expect(await world.leaks()).toEqual([]);
  });
});
