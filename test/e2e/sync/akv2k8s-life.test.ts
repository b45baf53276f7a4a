import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { write } from "../../../packages/provider-azure/test/call.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { akvSource, KeyVaultWorld, TEXTS } from "./akv2k8s-world.js";
import type { SyncWorld } from "./sync-world.js";

vi.setConfig({ testTimeout: 120_000 });

await describeOnKubernetes("sluice sync --akv2k8s, what becomes of it", (cluster) => {
  let akv: KeyVaultWorld;
  let world: SyncWorld;
  let namespace: string;

  beforeAll(async () => {
    akv = await KeyVaultWorld.open(cluster);
    ({ world, namespace } = akv);
  }, 240_000);

  afterAll(async () => akv.close(), 60_000);

  it("several share an output, each with its keys, and the last takes it away", async () => {
    await write(akv.vault, "one", "VALUE-one");
    await write(akv.vault, "two", "VALUE-two");
    for (const name of ["one", "two"])
      await akv.create(name, { name, type: "secret" }, { secret: { name: "shared", dataKey: name } });
    await world.untilData(namespace, "shared", { one: "VALUE-one", two: "VALUE-two" });
    const { metadata } = (await world.object("secrets", namespace, "shared")) ?? {};
    expect(metadata?.ownerReferences?.map(({ name }) => name).toSorted()).toEqual(["one", "two"]);
    await akv.remove("one");
    await world.untilData(namespace, "shared", { two: "VALUE-two" });
    expect((await world.object("secrets", namespace, "shared"))?.metadata.ownerReferences).toHaveLength(1);
    await akv.remove("two");
    await akv.untilGone("shared");
  });

  it("follows its vault, repairs what is edited, and says so in its status without an echo", async () => {
    await akv.create(
      "other",
      { name: "plain", type: "secret" },
      { secret: { name: "s-other", dataKey: "k" } },
    );
    await world.untilData(namespace, "s-other", { k: TEXTS.plain });
    await write(akv.vault, "turn", "VALUE-before");
    const annotations = { "example.org/a": "b", "kubectl.kubernetes.io/last-applied-configuration": "{}" };
    const output = { secret: { name: "turn", dataKey: "k" } };
    await akv.create("turn", { name: "turn", type: "secret" }, output, {
      labels: { team: "shop" },
      annotations,
    });
    await world.untilData(namespace, "turn", { k: "VALUE-before" });
    const { metadata } = (await world.object("secrets", namespace, "turn")) ?? {};
    expect(metadata?.labels).toMatchObject({ team: "shop" });
    expect(metadata?.annotations).toMatchObject({ "example.org/a": "b" });
    expect(metadata?.annotations).not.toHaveProperty(["kubectl.kubernetes.io/last-applied-configuration"]);
    await waitUntil(
      "its status is written",
      async () => (await akv.status("turn"))["secretHash"] !== undefined,
    );
    const { secretHash, lastAzureUpdate = "" } = await akv.status("turn");
    expect(Date.parse(lastAzureUpdate)).toBeGreaterThan(0);

    await world.edit(namespace, "turn", { stringData: { k: "edited" } });
    await world.untilData(namespace, "turn", { k: "VALUE-before" });
    await write(akv.vault, "turn", "VALUE-after");
    await world.untilData(namespace, "turn", { k: "VALUE-after" });
    await akv.untilEvent("turn", "OutputRepaired");
    await akv.untilEvent("turn", "OutputUpdated");
    await waitUntil(
      "its status follows",
      async () => (await akv.status("turn"))["secretHash"] !== secretHash,
    );

    // Others turn meanwhile, which is seen by the same looks at the vault.
    const { resourceVersion } = (await akv.read("turn")).metadata;
    await write(akv.vault, "plain", "VALUE-other");
    await world.untilData(namespace, "s-other", { k: "VALUE-other" });
    expect((await akv.read("turn")).metadata.resourceVersion).toBe(resourceVersion);
  });

  it("takes over what akv2k8s' controller kept, and what was edited while nobody looked", async () => {
    await write(akv.vault, "legacy", "VALUE-new");
    const type = "kubernetes.io/ssh-auth";
    await akv.create("ssh-auth", { name: "ssh", type: "secret" }, { secret: { name: "s-ssh-auth", type } });
    await world.untilData(namespace, "s-ssh-auth", { "ssh-privatekey": TEXTS.ssh });
    await akv.started.stop();
    await akv.create(
      "legacy",
      { name: "legacy", type: "secret" },
      { secret: { name: "legacy", dataKey: "k" } },
    );
    const { uid } = (await akv.read("legacy")).metadata;
    const owner = { apiVersion: "spv.no/v2beta1", kind: "AzureKeyVaultSecret", name: "legacy", uid };
    const metadata = { name: "legacy", ownerReferences: [{ ...owner, controller: true }] };
    await world.create(namespace, "legacy", { k: "VALUE-old" }, { metadata });
    await world.edit(namespace, "s-ssh-auth", { stringData: { "ssh-privatekey": "edited" } });
    akv.started = world.start({
      sources: [akvSource()],
    });
    await world.untilData(namespace, "legacy", { k: "VALUE-new" });
    await world.untilData(namespace, "s-ssh-auth", { "ssh-privatekey": TEXTS.ssh });
    expect(await world.events(namespace, "legacy")).toContain("OutputAdopted");
  });

  it("says by events what cannot be, and writes nothing then", async () => {
    const tls = { type: "kubernetes.io/tls" };
    await akv.create("no-key", { name: "plain", type: "secret" }, { secret: { name: "no-key" } });
    await akv.create(
      "no-export",
      { name: "locked", type: "certificate" },
      { secret: { name: "no-export", ...tls } },
    );
    await akv.create(
      "no-object",
      { name: "absent", type: "secret" },
      { secret: { name: "no-object", dataKey: "k" } },
    );
    await world.create(namespace, "mine", { k: "of a person" });
    await akv.create(
      "foreign",
      { name: "plain", type: "secret" },
      { secret: { name: "mine", dataKey: "k" } },
    );
    await akv.untilEvent("no-key", "InvalidSpec");
    await akv.untilEvent("no-export", "NotFound");
    await akv.untilEvent("no-object", "NotFound");
    await akv.untilEvent("foreign", "Foreign");
    for (const name of ["no-key", "no-export", "no-object"])
      expect(await world.object("secrets", namespace, name)).toBeUndefined();
  });

  it("without an output is left to pods; what it wrote goes when the output does", async () => {
    await akv.create("for-pods", { name: "ssh", type: "secret" });
    await akv.create("once", { name: "ssh", type: "secret" }, { secret: { name: "once", dataKey: "k" } });
    await world.untilData(namespace, "once", { k: TEXTS.ssh });
    await akv.create("once", { name: "ssh", type: "secret" });
    await akv.untilGone("once");
    expect(await akv.status("for-pods")).toEqual({});
    expect(await world.events(namespace, "for-pods")).toEqual([]);
  });

  it("nothing that was told holds a value", async () => {
    for (const name of ["before", "after", "other", "mine", "one", "two", "new", "old"])
      world.toxic.add(`VALUE-${name}`);
    world.told.push(JSON.stringify(await akv.status("turn")));
    expect(await world.leaks()).toEqual([]);
  });
});
