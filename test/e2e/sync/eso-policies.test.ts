import { field, patchObject } from "@sluice/kubernetes";
import { ALLOW_DELETIONS } from "@sluice/kubernetes/stores";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { calm } from "../broker/broker-access.js";
import { EsoWorld } from "./eso-world.js";
import { AWS_ENVIRONMENT, type SecretsManagerServer, startSecretsManager } from "./secrets-manager.js";
import { startSyncProcess, type SyncProcess } from "./sync-process.js";
import { SyncWorld } from "./sync-world.js";

vi.setConfig({ testTimeout: 180_000 });

await describeOnKubernetes("sluice sync --eso, what becomes of Secrets", (cluster) => {
  let world: SyncWorld;
  let eso: EsoWorld;
  let aws: SecretsManagerServer;
  let started: SyncProcess;
  let shop: string;

  beforeAll(async () => {
    [world, aws] = await Promise.all([SyncWorld.open(cluster), startSecretsManager()]);
    eso = new EsoWorld(world);
    await eso.installKinds();
    await eso.grantRights();
    shop = await world.newNamespace();
    await eso.apply(shop, store());
    started = await start();
  }, 240_000);

  afterAll(async () => {
    await started.kill();
    await aws.stop();
    await world.close();
  }, 60_000);

  const start = async (): Promise<SyncProcess> =>
    startSyncProcess(world, ["--eso"], { ...AWS_ENVIRONMENT, AWS_SECRETSMANAGER_ENDPOINT: aws.address });

  /** Without auth it logs in as the controller does. */
  const store = (annotations = "{}", name = "aws"): string => `
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: ${name}, annotations: ${annotations} }
spec:
  provider:
    aws: { service: SecretsManager, region: eu-central-1 }
`;

  const externalSecret = (
    name: string,
    keys: Record<string, string>,
    { target = "{}", more = 'refreshInterval: "2s"', from = "aws" } = {},
  ): string => `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${name} }
spec:
  ${more}
  secretStoreRef: { kind: ClusterSecretStore, name: ${from} }
  target: ${target}
  data:
${Object.entries(keys)
  .map(([key, remote]) => `  - { secretKey: ${key}, remoteRef: { key: "${remote}" } }`)
  .join("\n")}
`;

  const annotate = async (name: string, annotations: Readonly<Record<string, string>>): Promise<void> => {
    const resource = {
      group: "external-secrets.io",
      version: "v1",
      plural: "externalsecrets",
      namespace: shop,
    };
    await patchObject(world.admin, resource, name, { metadata: { annotations } }, calm());
  };

  const uidOf = async (name: string): Promise<string> =>
    (await eso.get("ExternalSecret", shop, name)).metadata.uid ?? "";

  it("twenty are looked at by one listing, and read only when they change", async () => {
    const names = Array.from({ length: 20 }, (_, at) => `many/${at}`);
    for (const name of names) {
      await aws.put(name, `VALUE-${name}`);
      await eso.apply(shop, externalSecret(name.replace("/", "-"), { k: name }));
    }
    for (const name of names) await eso.untilData(shop, name.replace("/", "-"), { k: `VALUE-${name}` });
    const calls = async (): Promise<number> =>
      started.metric('sluice_sync_provider_calls_total{provider="secrets-manager"}');
    // Until the first there is no such number.
    const listings = async (): Promise<number> =>
      (await started.metric('sluice_sync_provider_listings_total{complete="true"}')) || 0;
    const [read, listed] = [await calls(), await listings()];
    await waitUntil("it is listed again and again", async () => (await listings()) >= listed + 3, {
      timeoutMs: 60_000,
    });
    expect(await calls()).toBe(read);
    await aws.put("many/7", "VALUE-other");
    await eso.untilData(shop, "many-7", { k: "VALUE-other" });
    expect(await calls()).toBe(read + 1);
  });

  it("a namespace that is let in by a label is served by the store as it is open, and no other is read again", async () => {
    const [other, value] = [await world.newNamespace(), world.secret("chosen")];
    await aws.put("chosen", value);
    const label = async (name: string, labels: Readonly<Record<string, string | null>>): Promise<void> => {
      const namespaces = { version: "v1", plural: "namespaces" };
      await patchObject(world.admin, namespaces, name, { metadata: { labels } }, calm());
    };
    await label(shop, { tier: "chosen" });
    const conditions = "  conditions: [{ namespaceSelector: { matchLabels: { tier: chosen } } }]\n";
    await eso.apply(shop, store("{}", "chosen") + conditions);
    const chosen = externalSecret("chosen", { k: "chosen" }, { from: "chosen", more: "refreshInterval: 1h" });
    await eso.apply(shop, chosen);
    await eso.untilData(shop, "chosen", { k: value });
    await eso.apply(other, chosen);
    await eso.until("ExternalSecret", other, "chosen", "False", `do not let namespace ${other}`);
    const calls = async (): Promise<number> =>
      started.metric('sluice_sync_provider_calls_total{provider="secrets-manager"}');
    const read = await calls();
    await label(other, { team: "other" });
    await label(other, { tier: "chosen" });
    await eso.untilData(other, "chosen", { k: value });
    expect(await calls()).toBe(read);
    await label(other, { tier: null });
    await eso.until("ExternalSecret", other, "chosen", "False", `do not let namespace ${other}`);
    expect(await calls()).toBe(read);
  });

  it("takes over what External Secrets kept, without a gap", async () => {
    await started.stop();
    const [value, next] = [world.secret("taken"), world.secret("next")];
    await aws.put("taken", next);
    await aws.put("orphan", next);
    await eso.apply(shop, externalSecret("taken", { password: "taken" }));
    await eso.apply(
      shop,
      externalSecret("orphan", { password: "orphan" }, { target: "{ creationPolicy: Orphan }" }),
    );
    const once = { target: "{}", more: "refreshPolicy: CreatedOnce" };
    await eso.apply(shop, externalSecret("once-theirs", { password: "taken" }, once));
    const theirs = async (name: string, isOwner: boolean): Promise<string> => {
      const owner = {
        apiVersion: "external-secrets.io/v1",
        kind: "ExternalSecret",
        name,
        uid: await uidOf(name),
      };
      await world.create(
        shop,
        name,
        { password: value, more: "of them" },
        {
          metadata: {
            name,
            labels: { "reconcile.external-secrets.io/managed": "true" },
            annotations: { "reconcile.external-secrets.io/data-hash": "d41d8cd98f00b204e9800998ecf8427e" },
            ...(isOwner && { ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }] }),
          },
        },
      );
      return (await world.object("secrets", shop, name))?.metadata.uid ?? "";
    };
    const uids = { taken: await theirs("taken", true), orphan: await theirs("orphan", false) };
    await theirs("once-theirs", true);
    const condition = { type: "Ready", status: "True", reason: "SecretSynced", message: "secret synced" };
    const status = {
      refreshTime: "2026-01-01T00:00:00Z",
      syncedResourceVersion: "1-0123456789abcdef",
      conditions: [{ ...condition, lastTransitionTime: "2026-01-01T00:00:00Z" }],
      binding: { name: "taken" },
    };
    const path = `/apis/external-secrets.io/v1/namespaces/${shop}/externalsecrets/taken/status`;
    await world.admin.call(
      { method: "PATCH", path, body: { status }, contentType: "application/merge-patch+json" },
      calm(),
    );
    started = await start();
    for (const name of ["taken", "orphan"] as const) {
      await eso.untilData(shop, name, { password: next, more: "of them" });
      // The very same object: whoever had it mounted has it still.
      expect((await world.object("secrets", shop, name))?.metadata.uid).toBe(uids[name]);
      await eso.until("ExternalSecret", shop, name, "True");
      expect(await world.events(shop, name)).toContain("OutputAdopted");
    }
    // What was brought once is not brought again by another.
    await eso.until("ExternalSecret", shop, "once-theirs", "True");
    expect(await world.data(shop, "once-theirs")).toEqual({ password: value, more: "of them" });
    await eso.remove(shop, "orphan");
    await aws.put("taken", value);
    await eso.untilData(shop, "taken", { password: value, more: "of them" });
    expect(await world.object("secrets", shop, "orphan")).toBeDefined();
  });

  it("policies of creation", async () => {
    const value = world.secret("creation");
    await aws.put("creation", value);
    await world.create(shop, "merged", { theirs: "stays" });
    await eso.apply(
      shop,
      externalSecret("merged", { ours: "creation" }, { target: "{ creationPolicy: Merge }" }),
    );
    await eso.apply(
      shop,
      externalSecret("nobody", { ours: "creation" }, { target: "{ creationPolicy: Merge }" }),
    );
    await eso.apply(
      shop,
      externalSecret("none", { ours: "creation" }, { target: "{ creationPolicy: None }" }),
    );
    await eso.apply(shop, externalSecret("owned", { ours: "creation" }));
    await eso.apply(shop, externalSecret("fixed", { ours: "creation" }, { target: "{ immutable: true }" }));
    await eso.untilData(shop, "merged", { theirs: "stays", ours: value });
    await eso.untilData(shop, "owned", { ours: value });
    await eso.untilData(shop, "fixed", { ours: value });
    await eso.until("ExternalSecret", shop, "nobody", "False", "creationPolicy: Merge makes none");
    await eso.until("ExternalSecret", shop, "none", "True");
    expect(await world.object("secrets", shop, "none")).toBeUndefined();
    expect(await world.object("secrets", shop, "fixed")).toMatchObject({ immutable: true });
    const next = world.secret("creation2");
    await aws.put("creation", next);
    await eso.untilData(shop, "owned", { ours: next });
    await eso.until("ExternalSecret", shop, "fixed", "True");
    expect(await world.data(shop, "fixed")).toEqual({ ours: value });
    await eso.remove(shop, "merged");
    await eso.untilData(shop, "merged", { theirs: "stays" });
    await eso.remove(shop, "owned");
    // A cluster of tests has no garbage collector: that it is owned, it says.
    await waitUntil(
      "it is taken back",
      async () => (await world.object("secrets", shop, "owned")) === undefined,
    );
  });

  it("policies of refreshing", async () => {
    const [before, after] = [world.secret("once"), world.secret("once2")];
    await aws.put("frozen", before);
    const frozen = (name: string, more: string): string => externalSecret(name, { k: "frozen" }, { more });
    await eso.apply(shop, frozen("once", "refreshPolicy: CreatedOnce"));
    await eso.apply(shop, frozen("zero", 'refreshInterval: "0"'));
    await eso.apply(shop, frozen("on-change", "refreshPolicy: OnChange"));
    await eso.apply(shop, frozen("hourly", "refreshInterval: 1h"));
    await eso.apply(shop, frozen("witness", "refreshInterval: 2s"));
    for (const name of ["once", "zero", "on-change", "hourly", "witness"])
      await eso.untilData(shop, name, { k: before });
    await aws.put("frozen", after);
    await eso.untilData(shop, "witness", { k: after });
    for (const name of ["once", "zero", "on-change", "hourly"]) await annotate(name, { "force-sync": "1" });
    for (const name of ["on-change", "hourly"]) await eso.untilData(shop, name, { k: after });
    for (const name of ["once", "zero"]) expect(await world.data(shop, name)).toEqual({ k: before });
    // One that somebody deleted comes back.
    await world.remove("secrets", shop, "once");
    await eso.untilData(shop, "once", { k: after });
  });

  it("policies of deletion, and a stop when much is gone at once, also for a controller that has just begun", async () => {
    await eso.apply(shop, store("{}", "gone"));
    const names = Array.from({ length: 10 }, (_, at) => `gone/${at}`);
    for (const name of names) await aws.put(name, `VALUE-${name}`);
    const keys = Object.fromEntries(names.map((name, at) => [`k${at}`, name]));
    const expected = (...without: number[]): Record<string, string> =>
      Object.fromEntries(
        names.map((name, at) => [`k${at}`, `VALUE-${name}`]).filter((_, at) => !without.includes(at)),
      );
    const policy = (name: string, deletionPolicy: string): string =>
      externalSecret(name, keys, { target: `{ deletionPolicy: ${deletionPolicy} }`, from: "gone" });
    for (const [name, deletion] of Object.entries({ kept: "Retain", deleted: "Delete", emptied: "Merge" })) {
      await eso.apply(shop, policy(name, deletion));
      await eso.untilData(shop, name, expected());
      await eso.until("ExternalSecret", shop, name, "True");
    }
    await aws.remove("gone/0");
    for (const name of ["deleted", "emptied"]) await eso.untilData(shop, name, expected(0));
    await eso.until("ExternalSecret", shop, "kept", "False", "Retained: Keys stay");
    expect(await world.data(shop, "kept")).toEqual(expected());

    await started.stop();
    for (const name of names.slice(1)) await aws.remove(name);
    started = await start();
    for (const name of ["deleted", "emptied"])
      await eso.until("ExternalSecret", shop, name, "False", "DeletionStopped: ");
    expect(await world.data(shop, "deleted")).toEqual(expected(0));

    const until = new Date(Date.now() + 600_000).toISOString();
    await eso.apply(shop, store(`{ ${ALLOW_DELETIONS}: "${until}" }`, "gone"));
    await waitUntil(
      "the one is gone",
      async () => (await world.object("secrets", shop, "deleted")) === undefined,
      { timeoutMs: 60_000 },
    );
    await eso.untilData(shop, "emptied", {});
    expect(await world.data(shop, "kept")).toEqual(expected());
  });

  it("an ExternalSecret and a SecretSync share a Secret, each its keys, and neither takes the other's", async () => {
    const [one, two] = [world.secret("one"), world.secret("two")];
    await aws.put("one", one);
    await aws.put("two", two);
    await world.store("ours", aws.store);
    await eso.apply(shop, externalSecret("shared", { one: "one" }));
    await eso.untilData(shop, "shared", { one });
    const sync = (key: string): object => ({
      data: [{ key, from: "secret://ours/two" }],
      target: { name: "shared" },
    });
    await world.sync(shop, "second", sync("two"));
    await eso.untilData(shop, "shared", { one, two });
    const { metadata } = (await world.object("secrets", shop, "shared")) ?? {};
    expect(metadata?.managedFields?.map(({ manager }) => manager)).toEqual(
      expect.arrayContaining(["sluice-sync/ExternalSecret.shared", "sluice-sync/SecretSync.second"]),
    );
    await world.sync(shop, "second", sync("one"));
    expect(await world.until(shop, "second", "Conflict")).toContain("sluice-sync/ExternalSecret.shared");
    await world.remove("secretsyncs", shop, "second");
    await eso.untilData(shop, "shared", { one });
  });

  it("no value was told anybody", async () => {
    for (const name of ["taken", "once", "on-change", "shared"]) {
      const object = await eso.get("ExternalSecret", shop, name);
      world.told.push(JSON.stringify(field(object, "status")));
      await world.events(shop, name);
    }
    expect(await world.leaks()).toEqual([]);
  });
});
