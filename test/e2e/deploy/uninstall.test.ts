import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubernetesClient } from "@sluice/kubernetes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployTools } from "../../servers/deploy-tools.js";
import { startControllers } from "../../servers/kubernetes-controllers.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import type { ServerProcess } from "../../servers/shared/server-process.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { ask, must, newNamespace } from "../webhook/support.js";
import { renderKustomization } from "./all-parts.js";
import { type ClusterCommands, clusterCommands } from "./cluster-commands.js";
import { startDeployed } from "./deployed-process.js";
import { documentedCommands } from "./documented.js";
import { type Manifest, manifestsIn } from "./manifests.js";

const SYSTEM = "sluice-system";
const API = "/apis/sluice.dev/v1alpha1";
const KINDS = ["clustersecretstores", "generatedsecrets", "secretstores", "secretsyncs"];
/** What a cluster has only once, and must not have when we are gone. */
const ADMISSION = "/apis/admissionregistration.k8s.io/v1";
const PLACES = [
  `${ADMISSION}/mutatingwebhookconfigurations`,
  `${ADMISSION}/validatingwebhookconfigurations`,
  `${ADMISSION}/validatingadmissionpolicies`,
  `${ADMISSION}/validatingadmissionpolicybindings`,
  "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  "/apis/scheduling.k8s.io/v1/priorityclasses",
];

const LABELS = ["sluice.dev/injection=enabled", "sluice.dev/objects=enabled"];
type Labels = Readonly<Record<string, string>>;

const OVERLAY = "deploy/kustomize/overlays/sync";
const [open, tools] = [await clusterCommands(), await deployTools()];
const [[byKubectl = "", byHelm = ""], [letGo = "", purge = ""]] = [
  await documentedCommands("upgrade.md", "Uninstall"),
  await documentedCommands("upgrade.md", "Purge"),
];

await describeOnKubernetes("removed as the documentation says", (cluster) => {
  describe.skipIf(open === undefined || tools === undefined)("with the cluster's garbage collector", () => {
    const admin = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
    let folder: string;
    let commands: ClusterCommands;
    let controllers: ServerProcess;
    let shop: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "sluice-uninstall-"));
      await writeFile(join(folder, "secrets.env"), "db=VALUE\n");
      commands = await (open as NonNullable<typeof open>)(cluster);
      controllers = await startControllers(cluster, ["garbage-collector-controller", "namespace-controller"]);
      shop = await newNamespace(cluster);
    });
    afterAll(async () => {
      await controllers.stop();
      await commands[Symbol.asyncDispose]();
      admin[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    });

    const shell = async (script: string) =>
      commands.shell(script.replaceAll("namespace shop", `namespace ${shop}`));
    const secret = async (name: string) => ask(cluster, "GET", `/api/v1/namespaces/${shop}/secrets/${name}`);

    async function names(path: string): Promise<string[]> {
      const { status, body } = await ask(cluster, "GET", path);
      if (status === 404) return [];
      const { items } = body as unknown as { readonly items: readonly { metadata: { name: string } }[] };
      return items.map(({ metadata }) => metadata.name);
    }

    async function kinds(): Promise<string[]> {
      const all = await names("/apis/apiextensions.k8s.io/v1/customresourcedefinitions");
      return all.filter((name) => name.endsWith(".sluice.dev")).map((name) => name.split(".")[0] ?? "");
    }

    /** What the cluster has of us, besides kinds. */
    async function ours(): Promise<string[]> {
      const listed = await Promise.all(PLACES.map(names));
      return listed.flat().filter((name) => name.startsWith("sluice"));
    }

    /** Has the deployed controller write what syncs own, and what they do not. */
    async function syncOnce(manifests: readonly Manifest[]): Promise<void> {
      const access = [{ namespaces: ["*"], serviceAccounts: ["*"], paths: ["**"] }];
      const store = { provider: "file", options: { path: "secrets.env" }, access };
      await create(`${API}/clustersecretstores`, "ClusterSecretStore", "prod", store);
      const data = [{ key: "password", from: "secret://prod/db" }];
      await create(`${API}/namespaces/${shop}/secretsyncs`, "SecretSync", "owned", { data });
      const target = { creationPolicy: "Orphan" };
      await create(`${API}/namespaces/${shop}/secretsyncs`, "SecretSync", "orphan", { data, target });
      const args = ["--lease-namespace", SYSTEM];
      const sync = await startDeployed({ cluster, admin, manifests, folder, name: "sluice-sync", args });
      for (const name of ["owned", "orphan"])
        await waitUntil(`${name} is written`, async () => (await secret(name)).status === 200);
      expect(await sync.stop()).toBe(0);
      await shell(`kubectl label namespace shop ${LABELS.join(" ")}`);
    }

    async function create(path: string, kind: string, name: string, spec: object): Promise<void> {
      const manifest = { apiVersion: "sluice.dev/v1alpha1", kind, metadata: { name }, spec };
      await must(ask(cluster, "POST", path, manifest));
    }

    /** Settles when the garbage collector has looked at all that was there before. */
    async function collected(): Promise<void> {
      const path = `/api/v1/namespaces/${shop}/configmaps`;
      const owner = { apiVersion: "v1", kind: "Secret", name: "gone", uid: crypto.randomUUID() };
      const metadata = { name: "litter", ownerReferences: [owner] };
      await must(ask(cluster, "POST", path, { metadata }));
      await waitUntil("litter is collected", async () => !(await names(path)).includes("litter"));
    }

    async function expectUninstalled(): Promise<void> {
      await collected();
      expect(await ours()).toEqual([]);
      expect((await kinds()).sort()).toEqual(KINDS);
      expect(await names(`${API}/clustersecretstores`)).toEqual(["prod"]);
      expect((await names(`${API}/namespaces/${shop}/secretsyncs`)).sort()).toEqual(["orphan", "owned"]);
      expect([(await secret("owned")).status, (await secret("orphan")).status]).toEqual([200, 200]);
      // Nobody is asked any more, also where somebody put the labels on again.
      const again = await newNamespace(
        cluster,
        Object.fromEntries(LABELS.map((label) => label.split("="))) as Labels,
      );
      const containers = [{ name: "web", image: "web", env: [{ name: "A", value: "secret://prod/db" }] }];
      const pod = { metadata: { name: "web" }, spec: { containers } };
      for (const [plural, body] of [
        ["pods", pod],
        ["secrets", { metadata: { name: "any" } }],
      ] as const)
        // The API server forgets policies and webhooks a moment after they are gone.
        await waitUntil(`${plural} can be created`, async () => {
          const { status } = await ask(cluster, "POST", `/api/v1/namespaces/${again}/${plural}`, body);
          return status === 201;
        });
    }

    it("by kubectl: the kinds stay, and the syncs, and the Secrets that they own", async () => {
      await shell("kubectl apply --server-side -k deploy/kustomize/install");
      for (const more of [OVERLAY, "deploy/kustomize/objects"])
        await shell(`kubectl apply --server-side -k ${more}`);
      expect((await ours()).length).toBeGreaterThan(8);
      await syncOnce(await renderKustomization(OVERLAY));
      await shell(byKubectl.replace("deploy/kustomize/base", OVERLAY));
      await expectUninstalled();
      expect(await names("/api/v1/namespaces")).not.toContain(SYSTEM);
    }, 180_000);

    it("purged when they were let go of: the Secrets stay, nobody's", async () => {
      await shell(letGo);
      await shell(purge);
      await collected();
      expect(await kinds()).toEqual([]);
      const { status, body } = await secret("owned");
      expect([status, body["metadata"]]).toEqual([
        200,
        expect.not.objectContaining({ ownerReferences: expect.anything() }),
      ]);
      for (const name of ["owned", "orphan"])
        await must(ask(cluster, "DELETE", `/api/v1/namespaces/${shop}/secrets/${name}`));
    }, 180_000);

    it("by Helm: the same stays, and the Secrets of the certificates", async () => {
      const release = `sluice deploy/helm/sluice --namespace ${SYSTEM}`;
      await shell(`helm install ${release} --create-namespace --set sync.enabled=true,objects.enabled=true`);
      const { stdout } = await shell(`helm get manifest sluice --namespace ${SYSTEM}`);
      const manifests = manifestsIn(stdout);
      const args = ["--namespace", SYSTEM, "--lame", "1"];
      const name = "sluice-webhook";
      const webhook = await startDeployed({ cluster, admin, manifests, folder, name, args });
      expect(await webhook.stop()).toBe(0);
      await syncOnce(manifests);
      await shell(byKubectl.split("\n")[0] ?? "");
      await shell(byHelm);
      await expectUninstalled();
      const kept = await names(`/api/v1/namespaces/${SYSTEM}/secrets`);
      expect(kept).toEqual(expect.arrayContaining(["sluice-broker-tls", "sluice-webhook-tls"]));
    }, 180_000);

    it("purged: nothing stays but what no sync owns", async () => {
      await shell(purge);
      await waitUntil("what syncs own is collected", async () => (await secret("owned")).status === 404);
      expect((await secret("orphan")).status).toBe(200);
      expect([await kinds(), await ours()]).toEqual([[], []]);
      expect(await names("/api/v1/namespaces")).not.toContain(SYSTEM);
    }, 180_000);
  });
});
