import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KubernetesClient, type Pod } from "@sluice/kubernetes";
import { STORE_API_VERSION } from "@sluice/kubernetes/stores";
import { askSource, parseSourceAddress, ProblemError } from "@sluice/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { launcherProgram } from "../../servers/launcher.js";
import { containerToken, requestOf } from "../broker/test-pods.js";
import { must } from "../webhook/support.js";
import { BROKER_FILES, writeBrokerFiles } from "./broker-files.js";
import { InjectedPods } from "./injected-pods.js";
import { applyManifest, type Manifest, readManifests } from "./manifests.js";
import { reachWebhooks } from "./reach-webhooks.js";
import { RolledDeployment, type Version } from "./rolled-deployment.js";

const SYSTEM = "sluice-system";
const VALUE = "VALUE-through-upgrades-90aa";
const DB = "secret://prod/db";
/** 10 a second. */
const EVERY_MS = 100;
const LEAST_PODS = 100;
/** Another build, to be upgraded from: its `packages/cli/bin/sluice.js`. Without, versions differ by what they are told. */
const previous = process.env["SLUICE_PREVIOUS"];

const [base, crds] = await Promise.all([readManifests("base"), readManifests("crds")]);
const program = await launcherProgram();

/** The release after, as far as manifests tell. */
const next = JSON.parse(JSON.stringify(base).replaceAll(":0.1.0", ":0.2.0")) as Manifest[];
const WEBHOOK = ["--namespace", SYSTEM, "--tls-name", "localhost"];
const versions = {
  webhook: {
    old: { manifests: base, args: WEBHOOK, bin: previous },
    new: { manifests: next, args: [...WEBHOOK, "--dialects", "sluice", "akv2k8s"] },
  },
  broker: {
    old: { manifests: base, args: BROKER_FILES, bin: previous },
    new: { manifests: next, args: [...BROKER_FILES, "--no-store-status", "--no-record-versions"] },
  },
} satisfies Readonly<Record<string, { readonly old: Version; readonly new: Version }>>;

/** Connections that break are tried again; a refusal is not. */
async function askAsLaunchersDo(
  asking: Parameters<typeof askSource>[0],
  tries = 5,
): ReturnType<typeof askSource> {
  return askSource(asking).catch(async (thrown: unknown) => {
    if (tries === 1 || ProblemError.isInstance(thrown)) throw thrown;
    await sleep(500);
    return askAsLaunchersDo(asking, tries - 1);
  });
}

await describeOnKubernetes("an upgrade, and the way back, while pods are created", (cluster) => {
  describe.skipIf(program === undefined)("by the order of the documentation", () => {
    const admin = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
    let folder: string;
    let webhook: RolledDeployment;
    let broker: RolledDeployment;
    let pods: InjectedPods;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "sluice-upgrade-"));
      await apply([...crds, ...base]);
      await writeFile(join(folder, "secrets.env"), `db=${VALUE}\n`);
      const access = [{ namespaces: ["*"], serviceAccounts: ["default"], paths: ["**"] }];
      const spec = { provider: "file", options: { path: "secrets.env" }, access };
      const metadata = { name: "prod" };
      await apply([{ apiVersion: STORE_API_VERSION, kind: "ClusterSecretStore", metadata, spec }]);
      const place = { cluster, admin, folder };
      webhook = await RolledDeployment.start(
        { ...place, name: "sluice-webhook", ...versions.webhook.old },
        2,
      );
      await reachWebhooks(cluster, base, "sluice-webhook", webhook.port);
      await writeBrokerFiles(cluster, base, folder);
      broker = await RolledDeployment.start({ ...place, name: "sluice-broker", ...versions.broker.old }, 2);
      pods = await InjectedPods.open({ cluster, admin, folder, program: program ?? "" });
      await pods.untilInjected({ DB });
    }, 300_000);
    afterAll(async () => {
      await webhook[Symbol.asyncDispose]();
      await broker[Symbol.asyncDispose]();
      admin[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    });

    async function apply(manifests: readonly Manifest[]): Promise<void> {
      for (const manifest of manifests) await must(applyManifest(cluster, manifest));
    }

    /** A pod that was admitted now, and the image its launcher is from. */
    async function newPod(): Promise<{ readonly pod: Pod; readonly launcher: string }> {
      const said = await pods.create({ DB }, { args: ["printenv", "DB"] });
      if (said.status !== 201) throw new Error(`${said.status}: ${said.body.message ?? ""}`);
      const [, launcher = ""] = /sluice-launcher:([0-9.]+)/.exec(JSON.stringify(said.body)) ?? [];
      return { pod: await pods.podOf(said), launcher };
    }

    /** What a launcher of the pod is given by whoever its Service leads to. */
    async function valueOf(pod: Pod): Promise<string> {
      const plan = requestOf(pod, "web");
      const { env } = pod.containers.find(({ name }) => name === "web") as Pod["containers"][number];
      const { source } = JSON.parse(env.find(({ name }) => name === "SLUICE_PLAN")?.value ?? "") as {
        readonly source: { readonly serverName: string; readonly roots: string };
      };
      const answer = await askAsLaunchersDo({
        address: parseSourceAddress(`https://127.0.0.1:${broker.port}`),
        trust: { serverName: source.serverName, roots: source.roots },
        token: await containerToken(admin, pod, "web"),
        request: plan,
      });
      return JSON.stringify(answer);
    }

    async function start(pod: Pod, port: number): Promise<string> {
      const { code, stdout, stderr } = await pods.run(pod, port);
      return code === 0 ? stdout.trim() : `${code}: ${stderr}`;
    }

    it("loses no admission and no start, and plans of either version are carried out by either broker", async () => {
      const rolling = new AbortController();
      const { pod: old, launcher } = await newPod();
      expect(launcher).toBe("0.1.0");
      const rolled = (async () => {
        // Upgrade.
        await apply(next.filter(({ kind }) => kind === "Deployment"));
        await broker.roll(versions.broker.new, { preStop: true });
        const oldWithNew = await start(old, broker.replicas[0]?.port ?? 0);
        await webhook.roll(versions.webhook.new);
        await webhook.ended();
        const made = await newPod();
        const newWithNew = await start(made.pod, broker.port);
        // And back, the other way round.
        await apply(base.filter(({ kind }) => kind === "Deployment"));
        await webhook.roll(versions.webhook.old);
        await broker.roll(versions.broker.old, { preStop: true });
        const newWithOld = await start(made.pod, broker.replicas[0]?.port ?? 0);
        const { pod, launcher: after } = await newPod();
        const starts = [oldWithNew, newWithNew, newWithOld, await start(pod, broker.port)];
        return { launchers: [made.launcher, after], starts };
      })().finally(() => rolling.abort());

      // Told below.
      rolled.catch(() => undefined);

      const load: Promise<string>[] = [];
      while (!rolling.signal.aborted || load.length < LEAST_PODS) {
        load.push(
          newPod()
            .then(async ({ pod }) => valueOf(pod))
            .then((given) => (given.includes(VALUE) ? "started" : `given ${given}`), String),
        );
        await sleep(EVERY_MS);
      }
      expect(await rolled).toEqual({
        launchers: ["0.2.0", "0.1.0"],
        starts: [VALUE, VALUE, VALUE, VALUE],
      });
      const results = await Promise.all(load);
      expect(results.filter((result) => result !== "started")).toEqual([]);
      expect([await broker.ended(), await webhook.ended()]).toEqual([
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ]);
    }, 300_000);
  });
});
