import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { text as readText } from "node:stream/consumers";
import { DELIVERED_LABEL, parseRecords, readDeliveredVersions } from "@sluice/broker";
import {
  createObject,
  deleteObject,
  field,
  getObject,
  type ObjectToWrite,
  type OwnerReference,
} from "@sluice/kubernetes";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { launcherProgram } from "../../servers/launcher.js";
import { freePort } from "../../servers/shared/free-port.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { type RunningVault, startVault } from "../../servers/vault.js";
import { apply, calm } from "../broker/broker-access.js";
import { BrokerWorld, SERVER_NAME, type StartedBroker } from "../broker/broker-world.js";
import { containerToken, createPod } from "../broker/test-pods.js";
import { createBrokerSecret, untilKnown } from "../broker/test-stores.js";
import { type StartedSync, SyncWorld } from "./sync-world.js";

vi.setConfig({ testTimeout: 240_000 });

const RIGHTS = new URL("../../../deploy/kustomize/components/sync-restarts/rbac.yaml", import.meta.url);
const REFERENCE = "secret://bao/secret/env#password";
const DEPLOYMENTS = { group: "apps", version: "v1", plural: "deployments" };
const program = await launcherProgram();

// A kubelet and the controller of Deployments there are not: the test makes the pods that they would make.
await describeOnKubernetes("sluice sync --restarts, with a broker and a launcher", (cluster) => {
  describe.skipIf(program === undefined)("a Deployment whose variables are injected", () => {
    let brokers: BrokerWorld;
    let world: SyncWorld;
    let bao: RunningVault;
    let broker: StartedBroker;
    let sync: StartedSync;
    let namespace: string;
    let port: number;

    beforeAll(async () => {
      brokers = await BrokerWorld.open(cluster);
      world = await SyncWorld.open(cluster);
      const openBao = await startVault();
      if (openBao.kind === "unavailable") throw new Error(openBao.reason);
      bao = openBao;
      for (const { toxic } of [brokers, world]) toxic.add(bao.token);
      for (const document of parseAllDocuments(await readFile(RIGHTS, "utf8")))
        await apply(world.admin, document.toJS() as ObjectToWrite & { metadata: { name: string } });
      await createBrokerSecret(brokers, "bao", { token: bao.token });
      const secretKeyRef = { namespace: "sluice-system", name: "bao", key: "token" };
      await world.store("bao", {
        provider: "vault",
        options: { address: bao.address },
        optionsFrom: [{ variable: "VAULT_TOKEN", secretKeyRef }],
      });
      namespace = await brokers.newNamespace();
      port = await freePort();
      broker = await startBroker();
      sync = startSync();
    });

    afterAll(async () => {
      await sync.stop();
      await broker.stop();
      await bao.stop();
      await world.close();
      await brokers.close();
    });

    async function startBroker(): Promise<StartedBroker> {
      const begun = await brokers.start({ port });
      await untilKnown(begun, namespace, "bao");
      return begun;
    }

    /** The broker is begun anew before a new pod asks, so nothing has to settle, and nothing but what it knows keeps it from restarting. */
    function startSync(): StartedSync {
      const given = { givenLabel: DELIVERED_LABEL, parseGiven: parseRecords };
      return world.start({ restarts: { ...given, everyMs: 0, settleMs: 0, intervalMs: 3_000 } });
    }

    async function put(name: string): Promise<string> {
      const value = world.secret(name);
      brokers.toxic.add(value);
      const response = await fetch(`${bao.address}/v1/secret/data/env`, {
        method: "POST",
        headers: { "X-Vault-Token": bao.token },
        body: JSON.stringify({ data: { password: value } }),
      });
      expect(response.status).toBe(200);
      return value;
    }

    async function deployment(): Promise<OwnerReference> {
      const labels = { app: "web" };
      await apply(world.admin, {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web", namespace, annotations: { "sluice.dev/restart-on-change": "true" } },
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              serviceAccountName: "web",
              containers: [{ name: "web", image: "app", env: [{ name: "P", value: REFERENCE }] }],
            },
          },
        },
      } as ObjectToWrite & { metadata: { name: string } });
      const { metadata } = await getObject(world.admin, { ...DEPLOYMENTS, namespace }, "web", calm());
      return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        name: "web",
        uid: metadata.uid ?? "",
        controller: true,
      };
    }

    const annotationsOf = async (): Promise<Record<string, string>> => {
      const object = await getObject(world.admin, { ...DEPLOYMENTS, namespace }, "web", calm());
      const template = field(field(object, "spec"), "template");
      return (field(field(template, "metadata"), "annotations") ?? {}) as Record<string, string>;
    };
    const restarts = (): number =>
      world.told.filter((line) => line.startsWith('{"name":"workload-restarted"')).length;

    let rollouts = 0;
    /** A pod of the Deployment's template as it is, in a new ReplicaSet; what its program finds in its environment. */
    async function rollOut(owner: OwnerReference): Promise<string> {
      rollouts += 1;
      const name = `web-${rollouts}`;
      const labels = { app: "web" };
      const template = {
        metadata: { labels, annotations: await annotationsOf() },
        spec: { containers: [{ name: "web", image: "app" }] },
      };
      const owned = { name, ownerReferences: [owner] };
      const { metadata } = await createObject(
        world.admin,
        { group: "apps", version: "v1", plural: "replicasets", namespace },
        {
          apiVersion: "apps/v1",
          kind: "ReplicaSet",
          metadata: owned,
          spec: { replicas: 1, selector: { matchLabels: labels }, template },
        },
        calm(),
      );
      const uid = metadata.uid ?? "";
      const token = `${brokers.folder}/token-${rollouts}`;
      const pod = await createPod(world.admin, {
        namespace,
        name,
        containers: { web: { P: REFERENCE } },
        owner: { apiVersion: "apps/v1", kind: "ReplicaSet", name, uid, controller: true },
        plan: {
          source: { serverName: SERVER_NAME, roots: brokers.authority.ca, token, waitSeconds: 60 },
        },
      });
      const proof = await containerToken(world.admin, pod, "web");
      for (const { toxic } of [brokers, world]) toxic.add(proof);
      await brokers.write(`token-${rollouts}`, proof);
      const variables = {
        PATH: "/usr/bin:/bin",
        SLUICE_PLAN: pod.containers[0]?.env[0]?.value ?? "",
        SLUICE_SOURCE: `https://127.0.0.1:${port}`,
      };
      const child = spawn(program ?? "", ["exec", "--", "printenv", "P"], { env: variables });
      const [[code], stdout, stderr] = await Promise.all([
        once(child, "exit"),
        readText(child.stdout),
        readText(child.stderr),
      ]);
      expect({ code: code as number, stderr }).toEqual({ code: 0, stderr: "" });
      if (rollouts > 1)
        await deleteObject(
          world.admin,
          { version: "v1", plural: "pods", namespace },
          `web-${rollouts - 1}`,
          calm(),
        );
      return stdout.trim();
    }

    const delivered = async (owner: OwnerReference): Promise<unknown[]> =>
      (await readDeliveredVersions(world.admin, namespace, owner, AbortSignal.timeout(10_000))).map(
        ({ version }) => version,
      );

    /** The store is looked at several times more. */
    async function severalLooks(): Promise<void> {
      const calls = (): number =>
        world.told.filter((text) => text.startsWith('{"name":"provider-called"')).length;
      const seen = calls();
      await waitUntil("the store is looked at again and again", () => calls() >= seen + 4);
    }

    it("is restarted once after its secret rotates, and not again", async () => {
      const before = await put("before");
      const owner = await deployment();
      expect(await rollOut(owner)).toBe(before);
      await waitUntil("the version is written down", async () => (await delivered(owner)).includes("1"));
      await severalLooks();
      expect([restarts(), await annotationsOf()]).toEqual([0, {}]);

      const after = await put("after");
      await waitUntil("it is restarted", () => restarts() > 0);
      const template = await annotationsOf();
      expect(Object.keys(template).toSorted()).toEqual([
        "sluice.dev/restarted-at",
        "sluice.dev/restarted-for",
      ]);
      // Until its new pods ask, nothing tells that they are there.
      await severalLooks();
      await broker.stop();
      broker = await startBroker();
      expect(await rollOut(owner)).toBe(after);
      await waitUntil("the new version is written down", async () => (await delivered(owner)).includes("2"));
      await severalLooks();
      // Another process takes over.
      await sync.stop();
      sync = startSync();
      await severalLooks();
      expect([restarts(), await annotationsOf()]).toEqual([1, template]);
      expect(await world.events(namespace, "web")).toEqual(["Restarted"]);

      await put("last");
      await waitUntil("it is restarted for the next one", () => restarts() > 1);
      await severalLooks();
      expect(restarts()).toBe(2);
    });

    it("nothing that was told holds a value or a token", async () => {
      expect(await world.leaks()).toEqual([]);
      expect(brokers.leaks()).toEqual([]);
    });
  });
});
