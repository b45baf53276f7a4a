import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubernetesClient } from "@sluice/kubernetes";
import { STORE_API_VERSION } from "@sluice/kubernetes/stores";
import { type RealVault, realVault } from "../../../packages/provider-vault/test/real-vault.js";
import type { RunningKubernetes } from "../../servers/kubernetes.js";
import { ask, must, newNamespace } from "../webhook/support.js";
import { BROKER_FILES } from "./broker-files.js";
import { type DeployedProcess, startDeployed } from "./deployed-process.js";
import { InjectedPods } from "./injected-pods.js";
import { applyManifest, type Manifest } from "./manifests.js";
import { reachWebhooks } from "./reach-webhooks.js";

export const SYSTEM = "sluice-system";

/** What every mode has to bring. */
export const VALUE = "VALUE-of-all-modes-4e10";

/** Nobody asks any more when it is stopped. */
const AT_ONCE = ["--lame", "1"];

const SETTINGS = ["--settings", "objects.yaml"];

/** Arguments besides the deployed ones, for what a pod would have as a volume or as an address. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  "sluice-webhook": ["--namespace", SYSTEM, "--tls-name", "localhost", ...AT_ONCE],
  "sluice-broker": BROKER_FILES,
  "sluice-sync": ["--lease-namespace", SYSTEM],
  "sluice-generator": ["--config", "sluice.yaml", "--ledger-namespace", SYSTEM],
  "sluice-objects": ["--namespace", SYSTEM, "--tls-name", "localhost", ...SETTINGS, ...AT_ONCE],
};

/** Everything that is deployed, beside a store on a real server that all of it may use. */
export class ModesWorld implements AsyncDisposable {
  private constructor(
    readonly cluster: RunningKubernetes,
    readonly admin: KubernetesClient,
    readonly folder: string,
    readonly vault: RealVault,
    readonly pods: InjectedPods,
    /** Where objects are filled. */
    readonly filled: string,
  ) {}

  /** A folder of its own, which the world removes. */
  static async folder(): Promise<string> {
    return mkdtemp(join(tmpdir(), "sluice-modes-"));
  }

  /** @param folder where its processes run @param program the launcher's executable */
  static async open(cluster: RunningKubernetes, folder: string, program: string): Promise<ModesWorld> {
    const admin = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
    const vault = await realVault();
    await vault.api("POST", "secret/data/db", { data: { password: VALUE } });
    const pods = await InjectedPods.open({ cluster, admin, folder, program });
    const filled = await newNamespace(cluster, { "sluice.dev/objects": "enabled" });
    const access = [
      { namespaces: ["*"], serviceAccounts: ["default", "sluice-objects"], paths: ["secret/db"] },
    ];
    const spec = { provider: "vault", options: { address: vault.address }, access };
    const store = { apiVersion: STORE_API_VERSION, kind: "ClusterSecretStore", metadata: { name: "prod" } };
    await must(applyManifest(cluster, { ...store, spec }));
    const policy = [{ namespaces: [filled], resources: ["secrets"] }];
    await writeFile(join(folder, "objects.yaml"), JSON.stringify({ policy }));
    const stores = { main: { provider: "vault", address: vault.address } };
    const generate = { access: [{ namespaces: ["*"], paths: ["secret/made/**"] }], key: "value" };
    await writeFile(join(folder, "sluice.yaml"), JSON.stringify({ stores, generate }));
    return new ModesWorld(cluster, admin, folder, vault, pods, filled);
  }

  /** Variables of its processes. */
  get env(): Readonly<Record<string, string>> {
    return { VAULT_TOKEN: this.vault.token };
  }

  /** What a Deployment is told besides. */
  placesOf(name: string): readonly string[] {
    return PLACES[name] ?? [];
  }

  /** Starts what a Deployment has, with its rights, and leads the API server to it. */
  async start(
    manifests: readonly Manifest[],
    name: string,
    more: readonly string[] = [],
  ): Promise<DeployedProcess> {
    const { cluster, admin, folder, env } = this;
    const args = [...this.placesOf(name), ...more];
    const started = await startDeployed({ cluster, admin, manifests, name, folder, args, env });
    await reachWebhooks(cluster, manifests, name, started.port);
    return started;
  }

  /** What is at a path of the API; undefined if nothing is. */
  async get(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { status, body } = await ask(this.cluster, "GET", path);
    return status === 404 ? undefined : body;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.vault.stop();
    this.admin[Symbol.dispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
