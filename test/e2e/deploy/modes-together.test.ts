import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { launcherProgram } from "../../servers/launcher.js";
import { freePort } from "../../servers/shared/free-port.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { startSluice } from "../../support/sluice.js";
import { ALL_VALUES } from "./all-parts.js";
import { writeBrokerFiles } from "./broker-files.js";
import { clusterCommands } from "./cluster-commands.js";
import { serves, templateOf, writeAccountConfig } from "./deployed-process.js";
import { DEPLOY, type Manifest, manifestsIn } from "./manifests.js";
import { ModesWorld, SYSTEM, VALUE } from "./modes-world.js";
import { reachWebhooks } from "./reach-webhooks.js";
import { refusalsIn, requestsOf } from "./rights.js";
import { serveOptions } from "./serve-options.js";
import { admitPods, fill, generate, startContainers, sync } from "./work-of-modes.js";

const CHART = fileURLToPath(new URL("helm/sluice", DEPLOY));
/** Modes, and the Deployments whose part they take. */
const MODES = {
  webhook: "sluice-webhook",
  broker: "sluice-broker",
  sync: "sluice-sync",
  generate: "sluice-generator",
  objects: "sluice-objects",
} as const;

const [commands, program] = [await clusterCommands(), await launcherProgram()];

await describeOnKubernetes(
  "everything, installed by Helm, all modes in one process with the account of each",
  (cluster) => {
    describe.skipIf(commands === undefined || program === undefined)("at work", () => {
      let world: ModesWorld;
      let manifests: Manifest[];
      let child: ChildProcess | undefined;
      let said = "";
      const ports: Partial<Record<string, number>> = {};

      beforeAll(async () => {
        const folder = await ModesWorld.folder();
        await using opened = await commands?.(cluster);
        const shell = opened?.shell;
        const values = ALL_VALUES.map((value) => `--set ${value}`).join(" ");
        const release = `sluice ${CHART} --namespace ${SYSTEM} ${values}`;
        // The kind of akv2k8s is akv2k8s' own.
        await shell?.("kubectl apply --server-side -k deploy/kustomize/crds-akv2k8s");
        await shell?.(`helm install ${release} --create-namespace`);
        await shell?.(`kubectl label namespace ${SYSTEM} pod-security.kubernetes.io/enforce=restricted`);
        manifests = manifestsIn(
          (await shell?.("helm get manifest sluice --namespace sluice-system"))?.stdout ?? "",
        );
        world = await ModesWorld.open(cluster, folder, program ?? "");
        // A pod waits for the Secret that it mounts, which the webhook makes.
        const first = await world.start(manifests, MODES.webhook);
        await writeBrokerFiles(cluster, manifests, folder);
        await first.stop();
      }, 180_000);
      afterAll(async () => {
        child?.kill("SIGKILL");
        await world[Symbol.asyncDispose]();
      });

      async function optionsOf(name: string): Promise<object> {
        const { cluster, admin, folder } = world;
        const [container] = templateOf(manifests, name).spec.containers;
        const { kubeconfig } = await writeAccountConfig({ cluster, admin, manifests, name, folder });
        const [port, management] = [await freePort(), await freePort()];
        ports[name] = port;
        return {
          ...serveOptions([...container.args.slice(1), ...world.placesOf(name)]),
          kubeconfig,
          management: `127.0.0.1:${management}`,
          ...(serves(container) && { listen: `127.0.0.1:${port}` }),
        };
      }

      it("one command starts them all", async () => {
        const options: Record<string, object> = {};
        for (const [mode, name] of Object.entries(MODES)) options[mode] = await optionsOf(name);
        await writeFile(join(world.folder, "serve.yaml"), JSON.stringify(options));
        const args = ["serve", "--modes", Object.keys(MODES).join(","), "--options", "serve.yaml"];
        const env = { POD_NAME: "all-0", POD_NAMESPACE: SYSTEM, ...world.env };
        child = startSluice(args, { cwd: world.folder, env });
        for (const stream of [child.stdout, child.stderr])
          stream?.setEncoding("utf8").on("data", (text: string) => (said += text));
        for (const [mode, { management }] of Object.entries(options) as [string, { management: string }][])
          await waitUntil(`${mode} is ready`, async () => {
            if (child?.exitCode !== null) throw new Error(`It ended: ${said}`);
            return fetch(`http://${management}/readyz`).then(
              ({ ok }) => ok,
              () => false,
            );
          });
        for (const name of Object.values(MODES))
          await reachWebhooks(cluster, manifests, name, ports[name] ?? 0);
        expect(said.match(/"msg":"(serving|generating)"/g)).toHaveLength(Object.keys(MODES).length);
      });

      it("every mode does its work beside the others", async () => {
        const containers = async (): Promise<void> =>
          startContainers(world, await admitPods(world), ports[MODES.broker] ?? 0);
        const all = Promise.all([containers(), sync(world), generate(world), fill(world)]);
        await all.catch((thrown: unknown) => {
          throw new Error(`It said: ${said}`, { cause: thrown });
        });
        expect(said).toContain('"event":"released"');
      });

      it("stopped, it ends in order, has said no value, and was refused nothing", async () => {
        const ended = once(child as ChildProcess, "close");
        child?.kill("SIGTERM");
        expect(await ended).toEqual([0, null]);
        expect(said).not.toContain(VALUE);
        expect(said).not.toContain('"level":"error"');
        const requests = await cluster.audit();
        for (const name of Object.values(MODES)) {
          const own = requestsOf(requests, name);
          expect(own.length).toBeGreaterThan(0);
          expect(refusalsIn(own)).toEqual([]);
        }
      });
    });
  },
  { audit: true },
);
