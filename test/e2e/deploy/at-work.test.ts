import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubernetesClient } from "@sluice/kubernetes";
import { STORE_API_VERSION } from "@sluice/kubernetes/stores";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { launcherProgram } from "../../servers/launcher.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { ask, must, newNamespace } from "../webhook/support.js";
import { BROKER_FILES, writeBrokerFiles } from "./broker-files.js";
import { type DeployedProcess, startDeployed, templateOf } from "./deployed-process.js";
import { InjectedPods, type WrittenPod } from "./injected-pods.js";
import { applyManifest, readManifests } from "./manifests.js";
import { reachWebhooks, type WebhookConfiguration } from "./reach-webhooks.js";

const SYSTEM = "sluice-system";
const VALUE = "VALUE-deployed-71c3";

const [base, crds] = await Promise.all([readManifests("base"), readManifests("crds")]);
const program = await launcherProgram();

await describeOnKubernetes("the deployment at work, with no more than its rights", (cluster) => {
  describe.skipIf(program === undefined)("webhook and broker", () => {
    const admin = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
    let folder: string;
    let webhook: DeployedProcess;
    let broker: DeployedProcess;
    let pods: InjectedPods;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "sluice-deploy-"));
      for (const manifest of [...crds, ...base]) await must(applyManifest(cluster, manifest));
      const more = { cluster, admin, manifests: base, folder };
      const args = ["--namespace", SYSTEM, "--tls-name", "localhost"];
      webhook = await startDeployed({ ...more, name: "sluice-webhook", args });
      await reachWebhooks(cluster, base, "sluice-webhook", webhook.port);
      await writeBrokerFiles(cluster, base, folder);
      broker = await startDeployed({ ...more, name: "sluice-broker", args: BROKER_FILES });
      const access = [{ namespaces: ["*"], serviceAccounts: ["default"], paths: ["**"] }];
      await writeFile(join(folder, "secrets.env"), `db=${VALUE}\n`, { mode: 0o600 });
      const store = { apiVersion: STORE_API_VERSION, kind: "ClusterSecretStore", metadata: { name: "prod" } };
      const spec = { provider: "file", options: { path: "secrets.env" }, access };
      await must(applyManifest(cluster, { ...store, spec }));
      pods = await InjectedPods.open({ cluster, admin, folder, program: program ?? "" });
      await pods.untilInjected({ DB: "secret://prod/db" });
    }, 300_000);

    afterAll(async () => {
      await webhook.stop();
      await broker.stop();
      admin[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    });

    it("brings a secret from a store into a container", async () => {
      const said = await pods.create({ DB: "secret://prod/db", URL: "db://u:${secret://prod/db}@h" });
      expect(said.status).toBe(201);
      const pod = await pods.podOf(said);
      expect(await pods.run(pod, broker.port)).toEqual({
        code: 0,
        stdout: `${VALUE}\ndb://u:${VALUE}@h\n`,
        stderr: "",
      });
      expect(webhook.said() + broker.said() + JSON.stringify(said.body)).not.toContain(VALUE);
      expect(broker.said()).toContain('"event":"released"');
    });

    it("writes the cluster IP of the broker's Service, its name, and the root of its certificate into the plan", async () => {
      const { body } = await pods.create({ DB: "secret://prod/db" });
      const [{ env }] = (body["spec"] as WrittenPod).containers;
      const service = await must(ask(cluster, "GET", `/api/v1/namespaces/${SYSTEM}/services/sluice-broker`));
      const { clusterIP } = service["spec"] as { readonly clusterIP: string };
      expect(env.find(({ name }) => name === "SLUICE_SOURCE")?.value).toBe(`https://${clusterIP}:8443`);
      const { source } = JSON.parse(env.find(({ name }) => name === "SLUICE_PLAN")?.value ?? "") as {
        readonly source: { readonly serverName: string; readonly roots: string };
      };
      expect(source.serverName).toBe("sluice-broker.sluice-system.svc");
      expect(source.roots.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
    });

    it("says in the status of a store whether it answers, by the broker's Lease", async () => {
      const path = "/apis/sluice.dev/v1alpha1/clustersecretstores/prod";
      await waitUntil("it is said", async () => {
        const { status } = (await must(ask(cluster, "GET", path))) as unknown as StoreObject;
        return status?.conditions[0].status === "True";
      });
      const leases = `/apis/coordination.k8s.io/v1/namespaces/${SYSTEM}/leases/sluice-broker`;
      expect((await must(ask(cluster, "GET", leases)))["spec"]).toMatchObject({
        holderIdentity: "sluice-broker-0",
      });
    });

    it("is asked by the label of akv2k8s, too", async () => {
      const akv = await newNamespace(cluster, { "azure-key-vault-env-injection": "enabled" });
      let message: string | undefined;
      await waitUntil("the namespace is known", async () => {
        ({ message } = (await pods.create({ DB: "db@azurekeyvault" }, { in: akv })).body);
        return message?.includes("sluice:") === true;
      });
      expect(message).toContain('names AzureKeyVaultSecret "db"');
    });

    it("leaves a namespace without the label alone, where the policy refuses references", async () => {
      const other = await newNamespace(cluster);
      expect((await pods.create({ A: "a" }, { in: other })).status).toBe(201);
      const { status, body } = await pods.create({ DB: "secret://prod/db" }, { in: other });
      expect(status).toBe(422);
      expect(body.message).toContain("Label the namespace sluice.dev/injection=enabled");
    });

    it("may be applied again: the roots that the webhook wrote stay", async () => {
      const path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/sluice-webhook";
      const trusted = async (): Promise<unknown[]> => {
        const { webhooks } = (await must(ask(cluster, "GET", path))) as unknown as WebhookConfiguration;
        return webhooks.map(({ clientConfig }) => clientConfig.caBundle);
      };
      const before = await trusted();
      expect(before).toEqual([expect.stringMatching(/^LS0t/), before[0]]);
      await reachWebhooks(cluster, base, "sluice-webhook", webhook.port);
      expect(await trusted()).toEqual(before);
    });

    it("stays far below its memory limits when it is idle", async () => {
      for (const [name, started] of [
        ["sluice-webhook", webhook],
        ["sluice-broker", broker],
      ] as const) {
        const [{ resources }] = templateOf(base, name).spec.containers;
        const limit = Number.parseInt(resources.limits.memory, 10) * 1024 * 1024;
        const used = await started.memory();
        process.stdout.write(`${name}: ${Math.round(used / 1024 / 1024)} MiB\n`);
        expect(used / limit).toBeLessThan(0.7);
      }
    });

    it("was never refused a right", () => {
      for (const started of [webhook, broker])
        expect(started.said()).not.toMatch(/forbidden|cannot be|"level":"error"/i);
    });

    it("stopped, lets pods be created that ask for nothing, and no others", async () => {
      expect(await webhook.stop()).toBe(0);
      await waitUntil("nobody answers", async () => {
        const { body } = await pods.create({ DB: "secret://prod/db" });
        return body.message?.includes("failed calling webhook") === true;
      });
      expect((await pods.create({}, { args: ["true"] })).status).toBe(201);
      const kubeSystem = await must(ask(cluster, "GET", "/api/v1/namespaces/kube-system"));
      expect(kubeSystem["metadata"]).toMatchObject({ name: "kube-system" });
    });
  });
});

interface StoreObject {
  readonly status?: { readonly conditions: readonly [{ readonly status: string }] };
}
