import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createObject, field, getObject, KubernetesClient } from "@sluice/kubernetes";
import { generatedSecretResource } from "@sluice/kubernetes/generated";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { openAzure } from "../cli/providers/azure-subject.js";
import type { CliSubject } from "../cli/providers/cli-subject.js";
import { applyManifest, readManifests } from "../deploy/manifests.js";
import { createNamespace } from "./cluster-pods.js";
import { generatedSecret, GeneratorPlace } from "./generator-place.js";

const opened = await openAzure();
const reason = "reason" in opened ? opened.reason : undefined;
const subject = opened as CliSubject;
const NAMES = Array.from({ length: 10 }, (_, at) => `led${at}`);

await describeOnKubernetes(
  "leaders that generate into Key Vault, which knows no conditional write",
  (cluster) => {
    let admin: KubernetesClient;
    let place: GeneratorPlace;
    const running: ChildProcess[] = [];
    beforeAll(async () => {
      if (reason !== undefined) return;
      admin = new KubernetesClient({ environment: {}, kubeconfig: cluster.kubeconfig });
      await createNamespace(admin, "shop");
      for (const manifest of await readManifests("crds")) await applyManifest(cluster, manifest);
      await waitUntil("the kind is served", async () => (await status("none")) === "absent");
      place = await GeneratorPlace.open(subject);
    });
    afterAll(async () => {
      await Promise.all(running.map(kill));
      if (reason !== undefined) return;
      await place[Symbol.asyncDispose]();
      await subject[Symbol.asyncDispose]();
      admin[Symbol.dispose]();
    });

    it.skipIf(reason !== undefined)(
      "another goes on when the one who leads is killed",
      { timeout: 180_000 },
      async () => {
        for (let count = 0; count < 2; count += 1)
          running.push(
            place.start(
              "--kubeconfig",
              cluster.kubeconfig,
              "--lead",
              "--management",
              "127.0.0.1:0",
              "--log-level",
              "error",
            ),
          );
        for (const child of running) child.stdout?.resume();
        await create(NAMES);
        await waitUntil("all are there", async () =>
          (await statuses(NAMES)).every((each) => each === "True"),
        );
        const before = await values(NAMES);
        expect(before.every((value) => /^[0-9a-f-]{36}$/.test(value ?? ""))).toBe(true);

        await kill(leaderOf(await holder()));
        await create(["later"]);
        await waitUntil("another has made it", async () => (await statuses(["later"])).includes("True"));
        expect(await values(NAMES)).toEqual(before);
      },
    );

    async function create(names: readonly string[]): Promise<void> {
      for (const name of names) {
        const spec = { type: "UUID", path: subject.path(name) };
        await createObject(
          admin,
          generatedSecretResource("shop"),
          generatedSecret(name, spec, "shop"),
          call(),
        );
      }
    }

    async function statuses(names: readonly string[]): Promise<unknown[]> {
      return Promise.all(names.map(status));
    }

    /** The status of the condition of a resource; `absent` without the resource. */
    async function status(name: string): Promise<unknown> {
      const read = getObject(admin, generatedSecretResource("shop"), name, call());
      const object = await read.catch((error: unknown) =>
        field(error, "reason") === "NotFound" ? "absent" : "unknown",
      );
      if (typeof object === "string") return object;
      const [condition] = (field(field(object, "status"), "conditions") ?? []) as unknown[];
      return field(condition, "status");
    }

    async function values(names: readonly string[]): Promise<(string | undefined)[]> {
      return Promise.all(names.map(async (name) => subject.read(subject.path(name))));
    }

    /** Who holds the Lease. */
    async function holder(): Promise<string> {
      const lease = { group: "coordination.k8s.io", version: "v1", plural: "leases", namespace: "default" };
      return String(
        field(field(await getObject(admin, lease, "sluice-generator", call()), "spec"), "holderIdentity"),
      );
    }

    function leaderOf(identity: string): ChildProcess {
      const child = running.find(({ pid }) => identity.endsWith(`-${pid}`));
      if (child === undefined) throw new Error(`Nobody is ${identity}`);
      return child;
    }

    async function kill(child: ChildProcess): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }

    function call() {
      return { signal: AbortSignal.timeout(60_000) };
    }
  },
);
