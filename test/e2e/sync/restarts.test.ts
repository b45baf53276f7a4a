import { readFile } from "node:fs/promises";
import { DELIVERED_LABEL, parseRecords } from "@sluice/broker";
import { field, getObject, type KubernetesObject, type ObjectToWrite, patchObject } from "@sluice/kubernetes";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { type RunningVault, startVault } from "../../servers/vault.js";
import { apply, calm } from "../broker/broker-access.js";
import { type StartedSync, SyncWorld } from "./sync-world.js";

vi.setConfig({ testTimeout: 240_000 });

const RIGHTS = new URL("../../../deploy/kustomize/components/sync-restarts/rbac.yaml", import.meta.url);
const FOR = "sluice.dev/restarted-for";
const WINDOW = "sluice.dev/restart-window";

type Kind = "Deployment" | "StatefulSet" | "DaemonSet";

await describeOnKubernetes("sluice sync --restarts", (cluster) => {
  let world: SyncWorld;
  let bao: RunningVault;
  let started: StartedSync;
  let namespace: string;

  beforeAll(async () => {
    world = await SyncWorld.open(cluster);
    const openBao = await startVault();
    if (openBao.kind === "unavailable") throw new Error(openBao.reason);
    bao = openBao;
    world.toxic.add(bao.token);
    for (const document of parseAllDocuments(await readFile(RIGHTS, "utf8")))
      await apply(world.admin, document.toJS() as ObjectToWrite & { metadata: { name: string } });
    await world.create("sluice-system", "bao", { token: bao.token });
    const secretKeyRef = { namespace: "sluice-system", name: "bao", key: "token" };
    await world.store("bao", {
      provider: "vault",
      options: { address: bao.address },
      optionsFrom: [{ variable: "VAULT_TOKEN", secretKeyRef }],
    });
    namespace = await world.newNamespace();
    start();
  }, 180_000);

  afterAll(async () => {
    await started.stop();
    await bao.stop();
    await world.close();
  }, 60_000);

  function start(more: { readonly perMinute?: number } = {}): void {
    const given = { givenLabel: DELIVERED_LABEL, parseGiven: parseRecords };
    started = world.start({ restarts: { ...given, everyMs: 0, settleMs: 0, intervalMs: 5_000, ...more } });
  }

  async function put(name: string): Promise<string> {
    const value = world.secret(name);
    const response = await fetch(`${bao.address}/v1/secret/data/${name}`, {
      method: "POST",
      headers: { "X-Vault-Token": bao.token },
      body: JSON.stringify({ data: { password: value } }),
    });
    expect(response.status).toBe(200);
    return value;
  }

  /** A Secret that follows a secret of the store. */
  async function synced(name: string): Promise<void> {
    const password = await put(name);
    await world.sync(namespace, name, {
      data: [{ key: "password", from: `secret://bao/secret/${name}#password` }],
    });
    await world.untilData(namespace, name, { password });
  }

  async function rotate(name: string): Promise<void> {
    await world.untilData(namespace, name, { password: await put(name) });
  }

  const plural = (kind: Kind): string => `${kind.toLowerCase()}s`;
  const read = async (kind: Kind, name: string): Promise<KubernetesObject> =>
    getObject(world.admin, { group: "apps", version: "v1", plural: plural(kind), namespace }, name, calm());
  const templateOf = async (kind: Kind, name: string): Promise<Record<string, string>> => {
    const template = field(field(await read(kind, name), "spec"), "template");
    return (field(field(template, "metadata"), "annotations") ?? {}) as Record<string, string>;
  };
  const toldOf = (kind: Kind, name: string): number => {
    const told = `{"name":"workload-restarted","event":{"workload":"${kind} ${namespace}/${name}"`;
    return world.told.filter((line) => line.startsWith(told)).length;
  };
  /** How often it was restarted: as the controller tells, while its pods' template is as only that leaves it. */
  const restartsOf = async (kind: Kind, name: string): Promise<number> => {
    const keys = Object.keys(await templateOf(kind, name)).toSorted();
    const count = toldOf(kind, name);
    expect(keys).toEqual(count === 0 ? [] : ["sluice.dev/restarted-at", FOR]);
    return count;
  };

  /** A workload as a person applies it. */
  async function workload(
    kind: Kind,
    name: string,
    pod: object,
    annotations: Record<string, string> = { "sluice.dev/restart-on-change": "true" },
  ): Promise<void> {
    const labels = { app: name };
    await apply(world.admin, {
      apiVersion: "apps/v1",
      kind,
      metadata: { name, namespace, annotations },
      spec: {
        selector: { matchLabels: labels },
        ...(kind === "StatefulSet" && { serviceName: name }),
        template: { metadata: { labels }, spec: pod },
      },
    } as ObjectToWrite & { metadata: { name: string } });
  }

  const container = (more: object = {}): object => ({ name: "app", image: "app", ...more });
  const untilSeen = async (kind: Kind, name: string): Promise<void> =>
    waitUntil(
      `${name} was looked at`,
      async () => (await read(kind, name)).metadata.annotations?.["sluice.dev/seen-versions"] !== undefined,
      { timeoutMs: 60_000 },
    );
  const untilRestarted = async (kind: Kind, name: string, times = 1): Promise<void> =>
    waitUntil(`${name} is restarted`, () => toldOf(kind, name) >= times, { timeoutMs: 60_000 });
  const untilEvent = async (name: string, reason: string): Promise<void> =>
    waitUntil(
      `${name} has the event ${reason}`,
      async () => (await world.events(namespace, name)).includes(reason),
      { timeoutMs: 60_000 },
    );

  it("each kind is restarted once when a Secret that it uses is rotated, and not again", async () => {
    for (const name of ["db", "other"]) await synced(name);
    const secretKeyRef = { name: "db", key: "password" };
    const uses: [Kind, object][] = [
      ["Deployment", { containers: [container()], volumes: [{ name: "v", secret: { secretName: "db" } }] }],
      ["StatefulSet", { containers: [container({ envFrom: [{ secretRef: { name: "db" } }] })] }],
      ["DaemonSet", { containers: [container({ env: [{ name: "A", valueFrom: { secretKeyRef } }] })] }],
    ];
    for (const [kind, pod] of uses) await workload(kind, "web", pod);
    // It does not ask for it.
    await workload("Deployment", "still", uses[0]?.[1] ?? {}, {});
    for (const [kind] of uses) await untilSeen(kind, "web");
    for (const [kind] of uses) expect(await restartsOf(kind, "web")).toBe(0);

    await rotate("db");
    for (const [kind] of uses) await untilRestarted(kind, "web");
    await untilEvent("web", "Restarted");
    const templates = await Promise.all(uses.map(async ([kind]) => templateOf(kind, "web")));
    // Another one turns, by the same looks; it is edited, and set right; and another process takes over.
    await rotate("other");
    await world.edit(namespace, "db", { stringData: { password: "edited" } });
    await waitUntil(
      "it is set right",
      async () => (await world.data(namespace, "db"))?.["password"] !== "edited",
    );
    await started.stop();
    start();
    await workload("Deployment", "later", uses[0]?.[1] ?? {});
    await untilSeen("Deployment", "later");
    for (const [kind] of uses) expect(await restartsOf(kind, "web")).toBe(1);
    expect(await restartsOf("Deployment", "still")).toBe(0);
    expect(await Promise.all(uses.map(async ([kind]) => templateOf(kind, "web")))).toEqual(templates);

    await rotate("db");
    await untilRestarted("Deployment", "web", 2);
    expect(await restartsOf("Deployment", "web")).toBe(2);
    expect((await templateOf("Deployment", "web"))[FOR]).not.toBe(templates[0]?.[FOR]);
  });

  it("nothing is restarted outside its window, or while that makes no sense", async () => {
    await synced("night");
    const pod = { containers: [container()], volumes: [{ name: "v", secret: { secretName: "night" } }] };
    const asks = { "sluice.dev/restart-on-change": "true" };
    const hour = (ahead: number): string =>
      new Date(Date.now() + ahead * 3_600_000).toISOString().slice(11, 16);
    await workload("Deployment", "waits", pod, { ...asks, [WINDOW]: `${hour(6)}-${hour(7)}` });
    await workload("Deployment", "typo", pod, { ...asks, [WINDOW]: "at night" });
    await workload("Deployment", "opens", pod, { ...asks, [WINDOW]: `${hour(-1)}-${hour(2)} UTC` });
    for (const name of ["waits", "typo", "opens"]) await untilSeen("Deployment", name);
    await rotate("night");
    await untilRestarted("Deployment", "opens");
    await untilEvent("waits", "RestartWaits");
    await untilEvent("typo", "InvalidWindow");
    for (const name of ["waits", "typo"]) expect(await restartsOf("Deployment", name)).toBe(0);

    const resource = { group: "apps", version: "v1", plural: "deployments", namespace };
    await patchObject(
      world.admin,
      resource,
      "waits",
      { metadata: { annotations: { [WINDOW]: null } } },
      calm(),
    );
    await untilRestarted("Deployment", "waits");
    expect(await restartsOf("Deployment", "waits")).toBe(1);
  });

  it("so many are restarted a minute, and the others wait", async () => {
    await synced("many");
    const names = ["one", "two", "three", "four"];
    const pod = { containers: [container({ envFrom: [{ secretRef: { name: "many" } }] })] };
    for (const name of names) await workload("Deployment", name, pod);
    for (const name of names) await untilSeen("Deployment", name);
    await started.stop();
    start({ perMinute: 2 });
    const count = async (): Promise<number> => {
      const counts = await Promise.all(names.map(async (name) => restartsOf("Deployment", name)));
      return counts.reduce((sum, each) => sum + each, 0);
    };
    await rotate("many");
    await waitUntil("two are restarted", async () => (await count()) === 2);
    await waitUntil("two wait", () => started.controller.state.paused() >= 2);
    expect(await count()).toBe(2);
  });

  it("nothing that was told holds a value", async () => {
    for (const name of ["web", "one", "waits"])
      world.told.push(JSON.stringify(await read("Deployment", name)));
    expect(await world.leaks()).toEqual([]);
  });
});
