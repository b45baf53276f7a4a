import { join } from "node:path";
import type { Pod } from "@sluice/kubernetes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { launcherProgram } from "../../servers/launcher.js";
import { ask } from "../webhook/support.js";
import { renderKustomization, writeAllParts } from "./all-parts.js";
import { writeBrokerFiles } from "./broker-files.js";
import { clusterCommands } from "./cluster-commands.js";
import { type DeployedProcess, templateOf } from "./deployed-process.js";
import type { Manifest } from "./manifests.js";
import { ModesWorld, SYSTEM, VALUE } from "./modes-world.js";
import { refusalsIn, requestsOf, rightsOf, unusedOf } from "./rights.js";
import { admitPods, fill, generate, startContainers, sync } from "./work-of-modes.js";

const [commands, program] = [await clusterCommands(), await launcherProgram()];

const WELL = { code: 0, errors: [] };

/** What no mode made use of here, and why it has it. */
const UNUSED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  webhook: {
    "patch secrets sluice-webhook-tls in sluice-system": "renewal: webhook/rotation.test.ts",
    "patch secrets sluice-broker-tls in sluice-system": "renewal: webhook/rotation.test.ts",
  },
  broker: {
    "list pods": "whether pods that have leases live: broker/leases.test.ts",
    "patch events.events.k8s.io": "an event that comes again is counted: broker/store-status.test.ts",
  },
  sync: {
    "patch events.events.k8s.io": "an event that comes again is counted: sync/outputs.test.ts",
    "get azurekeyvaultsecrets.spv.no": "before an output is given up: sync/akv2k8s.test.ts",
    "patch azurekeyvaultsecrets/status.spv.no": "of one that Key Vault has: sync/akv2k8s.test.ts",
  },
  generator: {
    "patch events.events.k8s.io": "an event that comes again is counted: generator/cluster.test.ts",
  },
  objects: {
    "patch secrets sluice-objects-tls in sluice-system": "renewal: webhook/rotation.test.ts",
  },
};

await describeOnKubernetes(
  "everything, installed by kubectl apply -k, each mode alone with its own account",
  (cluster) => {
    describe.skipIf(commands === undefined || program === undefined)("at work", () => {
      let world: ModesWorld;
      let manifests: Manifest[];
      let installed: string;
      let running: DeployedProcess | undefined;
      let pods: Pod[] = [];
      const said: string[] = [];
      const memory = new Map<string, number>();

      beforeAll(async () => {
        const folder = await ModesWorld.folder();
        const everything = await writeAllParts(folder);
        await using opened = await commands?.(cluster);
        const { stderr } = (await opened?.shell(`kubectl apply --server-side -k ${everything}`)) ?? {};
        installed = stderr ?? "";
        manifests = await renderKustomization(everything);
        world = await ModesWorld.open(cluster, folder, program ?? "");
      });
      afterAll(async () => {
        await running?.stop();
        await world[Symbol.asyncDispose]();
      });

      /** Has what a Deployment runs do its work, and stops it. Gives how it ended, and what it had to complain of. */
      async function alone(
        name: string,
        work: (port: number) => Promise<void>,
        ...args: readonly string[]
      ): Promise<{ readonly code: number | null; readonly errors: readonly string[] }> {
        const started = await world.start(manifests, name, args);
        running = started;
        await work(started.port).catch((thrown: unknown) => {
          throw new Error(`${name} said: ${started.said()}`, { cause: thrown });
        });
        memory.set(name, await started.memory());
        const code = await started.stop();
        said.push(started.said());
        running = undefined;
        const lines = started.said().split("\n");
        return { code, errors: lines.filter((line) => line.includes('"level":"error"')) };
      }

      it("one command installs it, without a warning", () => expect(installed).toBe(""));

      it("may be applied again, to a namespace that enforces Pod Security restricted", async () => {
        await using opened = await commands?.(cluster);
        const again = `kubectl apply --server-side --dry-run=server -k ${join(world.folder, "everything")}`;
        const { stdout, stderr } = (await opened?.shell(again)) ?? {};
        expect(stderr).toBe("");
        expect(stdout?.trim().split("\n")).toHaveLength(manifests.length);
      });

      it.each(["webhook", "broker", "sync", "generator", "objects"])(
        "pods of %s satisfy it",
        async (mode) => {
          const { spec } = templateOf(manifests, `sluice-${mode}`);
          const path = `/api/v1/namespaces/${SYSTEM}/pods?dryRun=All`;
          const { status, body, warnings } = await ask(cluster, "POST", path, {
            metadata: { name: mode },
            spec,
          });
          expect([status, body.message, warnings]).toEqual([201, undefined, []]);
        },
      );

      it("the webhook admits pods", async () => {
        const admit = async (): Promise<void> => void (pods = await admitPods(world));
        expect(await alone("sluice-webhook", admit)).toEqual(WELL);
      });

      it("the broker answers their launchers", async () => {
        await writeBrokerFiles(cluster, manifests, world.folder);
        const start = async (port: number): Promise<void> => startContainers(world, pods, port);
        expect(await alone("sluice-broker", start)).toEqual(WELL);
      });

      it("the controller syncs", async () => {
        expect(await alone("sluice-sync", async () => sync(world))).toEqual(WELL);
      });

      it("the generator generates, with what its right to Leases is for", async () => {
        expect(await alone("sluice-generator", async () => generate(world), "--lead")).toEqual(WELL);
      });

      it("objects are filled", async () => {
        expect(await alone("sluice-objects", async () => fill(world))).toEqual(WELL);
      });

      it("no mode came near its memory limit by that", () => {
        for (const [name, used] of memory) {
          const [{ resources }] = templateOf(manifests, name).spec.containers;
          const limit = Number.parseInt(resources.limits.memory, 10) * 1024 * 1024;
          process.stdout.write(`${name}: ${Math.round(used / 1024 / 1024)} MiB\n`);
          expect(used / limit).toBeLessThan(0.7);
        }
        expect(memory.size).toBe(5);
      });

      it("no mode said a value", () => expect(said.join("")).not.toContain(VALUE));

      it.each(["webhook", "broker", "sync", "generator", "objects"])(
        "%s was refused nothing, and has no right that it has no use for",
        async (mode) => {
          const account = `sluice-${mode}`;
          const rights = rightsOf(manifests, account);
          expect(rights.length).toBeGreaterThan(5);
          const requests = async () => requestsOf(await cluster.audit(), account);
          // The last lines of the audit may be on their way.
          const unused = async () => unusedOf(rights, await requests()).sort();
          await expect.poll(unused, { timeout: 10_000 }).toEqual(Object.keys(UNUSED[mode] ?? {}).sort());
          expect(refusalsIn(await requests())).toEqual([]);
        },
      );
    });
  },
  { audit: true },
);
