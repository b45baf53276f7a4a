import { chmod, copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pod } from "@sluice/core/pod";
import { KubernetesClient } from "@sluice/kubernetes";
import type { AgentSettings } from "@sluice/webhook";
import { openCluster } from "../../../packages/provider-vault/test/cluster.js";
import { type RealVault, realVault } from "../../../packages/provider-vault/test/real-vault.js";
import { containerImages } from "../../servers/containers/container-images.js";
import type { RunningKubernetes } from "../../servers/kubernetes.js";
import { launcherProgram } from "../../servers/launcher.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { BrokerWorld, SERVER_NAME, type StartedBroker } from "../broker/broker-world.js";
import type { Node, NodeImage } from "../peers/mini-kubelet.js";
import { ask, must, newNamespace, register, startWebhook, type StartedWebhook } from "../webhook/support.js";
import { scriptedBroker, type ScriptedBroker } from "./scripted-broker.js";
import { unpackSluice } from "./sluice-root.js";

const LAUNCHER = "example.test/sluice-launcher:1";
const SLUICE = "example.test/sluice:1";
const LABELS = { webhook: "sluice" };

type Closer = () => Promise<void>;

/** The last that was opened first. */
async function closeAll(closers: Closer[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

/** Path of an engine that issues users, each with a lease. */
export const CREDS = "database/creds/app";

/**
 * A cluster whose webhook is registered, with a broker, and OpenBao that knows the cluster's accounts. All are real but the node
 * that runs the pods, and the server that the engine of OpenBao makes users in.
 */
export class AgentWorld implements AsyncDisposable {
  namespace = "";
  private constructor(
    readonly cluster: RunningKubernetes,
    readonly vault: RealVault,
    readonly users: ScriptedBroker["users"],
    readonly node: Node,
    readonly webhook: StartedWebhook,
    private readonly closers: Closer[],
  ) {}

  static async open(cluster: RunningKubernetes, agent: Partial<AgentSettings> = {}): Promise<AgentWorld> {
    const closers: Closer[] = [];
    try {
      return await AgentWorld.#start(cluster, agent, closers);
    } catch (thrown) {
      await closeAll(closers);
      throw thrown;
    }
  }

  static async #start(
    cluster: RunningKubernetes,
    agent: Partial<AgentSettings>,
    closers: Closer[],
  ): Promise<AgentWorld> {
    const vault = await realVault();
    if (!vault.available) throw new Error("These tests need OpenBao");
    closers.push(vault.stop);
    const database = await scriptedBroker();
    closers.push(async () => database[Symbol.asyncDispose]());
    await setUpVault(vault, cluster, database);
    const client = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
    closers.push(async () => client[Symbol.dispose]());
    const images = await nodeImages(closers);
    const broker = await startBroker(cluster, vault, closers);
    const webhook = await startWebhook(client, {
      settings: {
        source: {
          address: `https://${broker.broker.running.address}`,
          serverName: SERVER_NAME,
          roots: broker.roots,
        },
        launcher: { image: LAUNCHER, delivery: "copy" },
        writer: { image: SLUICE },
        agent: {
          image: SLUICE,
          stores: {
            vault: {
              provider: "vault",
              address: vault.address,
              auth: { kubernetes: { role: "{role}", tokenPath: "/var/run/secrets/sluice-agent/token" } },
            },
          },
          ...agent,
        },
      },
    });
    closers.push(async () => webhook.stop());
    const node = { client, runtime: await containerImages(), images, apiServer: cluster.address };
    const world = new AgentWorld(cluster, vault, () => database.users(), node, webhook, closers);
    await world.#register();
    return world;
  }

  async #register(): Promise<void> {
    const at = `https://${this.webhook.address}`;
    await register(this.cluster, "Mutating", "mutate", `${at}/mutate`, this.webhook.caBundle);
    await register(this.cluster, "Validating", "validate", `${at}/validate`, this.webhook.caBundle);
    this.namespace = await newNamespace(this.cluster, LABELS);
    await this.#prepareNamespace();
    const first = { metadata: { generateName: "first-" }, spec: podOf({ DB: "secret://vault/x" }).spec };
    await waitUntil("the API server asks the webhook", async () =>
      JSON.stringify((await this.#create(first)).body).includes("SLUICE_PLAN"),
    );
  }

  /** What a cluster's controllers put into a namespace, and the right that a job's sidecar needs. */
  async #prepareNamespace(): Promise<void> {
    const core = `/api/v1/namespaces/${this.namespace}`;
    const rights = `/apis/rbac.authorization.k8s.io/v1/namespaces/${this.namespace}`;
    const metadata = { name: "own-pod" };
    await must(
      ask(this.cluster, "POST", `${core}/configmaps`, {
        metadata: { name: "kube-root-ca.crt" },
        data: { "ca.crt": this.cluster.caCert },
      }),
    );
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
    await must(ask(this.cluster, "POST", `${rights}/roles`, { metadata, rules }));
    await must(
      ask(this.cluster, "POST", `${rights}/rolebindings`, {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "own-pod" },
        subjects: [{ kind: "ServiceAccount", name: "default", namespace: this.namespace }],
      }),
    );
  }

  /** The pod as the API server has stored it. */
  async admitted(pod: Pod): Promise<Pod> {
    const named = { ...pod, metadata: { generateName: "pod-", ...pod.metadata } };
    const { status, body } = await this.#create(named);
    if (status >= 300) throw new Error(`${status}: ${body.message ?? ""}`);
    return body as unknown as Pod;
  }

  /** Why the API server refuses it. */
  async refusal(pod: Pod): Promise<string> {
    const { status, body } = await this.#create({
      ...pod,
      metadata: { generateName: "pod-", ...pod.metadata },
    });
    return status < 300 ? "created" : (body.message ?? "");
  }

  async #create(pod: object): ReturnType<typeof ask> {
    return ask(this.cluster, "POST", `/api/v1/namespaces/${this.namespace}/pods`, pod);
  }

  /** How many leases of {@link CREDS} live at OpenBao. */
  async leases(): Promise<number> {
    const listed = await fetch(`${this.vault.address}/v1/sys/leases/lookup/${CREDS}`, {
      method: "LIST",
      headers: { "x-vault-token": this.vault.token },
    });
    if (listed.status === 404) return 0;
    return ((await listed.json()) as { readonly data: { readonly keys: unknown[] } }).data.keys.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await closeAll(this.closers);
  }
}

/** A pod of one container in Debian, whose script has these variables. */
export function podOf(
  variables: Readonly<Record<string, string>>,
  script = "true",
  annotations: Readonly<Record<string, string>> = {},
  spec: Partial<Pod["spec"]> = {},
): Pod {
  const env = Object.entries(variables).map(([name, value]) => ({ name, value }));
  const command = ["/bin/sh", "-c", script];
  return {
    metadata: { annotations },
    spec: {
      containers: [{ name: "web", image: "app", command, env }],
      securityContext: { runAsUser: 1000 },
      ...spec,
    },
  };
}

async function setUpVault(
  { api }: RealVault,
  cluster: RunningKubernetes,
  database: ScriptedBroker,
): Promise<void> {
  const reviewer = await (await openCluster(cluster)).reviewer();
  await api("POST", "sys/auth/kubernetes", { type: "kubernetes" });
  await api("POST", "auth/kubernetes/config", {
    kubernetes_host: cluster.address,
    kubernetes_ca_cert: cluster.caCert,
    token_reviewer_jwt: reviewer,
    disable_local_ca_jwt: true,
  });
  const policy = `path "secret/*" { capabilities = ["read"] }\npath "${CREDS}" { capabilities = ["read"] }`;
  await api("PUT", "sys/policies/acl/app", { policy });
  await api("POST", "auth/kubernetes/role/app", {
    bound_service_account_names: ["default"],
    bound_service_account_namespaces: ["*"],
    audience: "vault",
    token_policies: ["app"],
  });
  await api("POST", "sys/mounts/database", { type: "rabbitmq" });
  await api("POST", "database/config/connection", {
    connection_uri: database.address,
    username: "u",
    password: "p",
    verify_connection: false,
  });
  await api("POST", "database/config/lease", { ttl: 600, max_ttl: 3_600 });
  await api("POST", "database/roles/app", { tags: "management" });
}

/** A broker that keeps the leases of what it reads, for every pod. */
async function startBroker(
  cluster: RunningKubernetes,
  vault: RealVault,
  closers: Closer[],
): Promise<{ readonly broker: StartedBroker; readonly roots: string }> {
  const world = await BrokerWorld.open(cluster);
  closers.push(async () => world.close());
  const access = [{ namespaces: ["*"], serviceAccounts: ["*"], paths: ["**"] }];
  const options = { address: vault.address, auth: { token: {} } };
  const broker = await world.start({
    stores: { vault: { provider: "vault", options, access, leases: "broker" } },
    environment: { VAULT_TOKEN: vault.token },
  });
  closers.push(async () => broker.stop());
  return { broker, roots: world.authority.ca };
}

/** What the node has: the image of sluice, one of the launcher, and Debian. */
async function nodeImages(closers: Closer[]): Promise<Record<string, NodeImage>> {
  const work = await mkdtemp(join(tmpdir(), "sluice-agents-"));
  closers.push(async () => rm(work, { recursive: true, force: true }));
  await chmod(work, 0o755);
  const root = join(work, "launcher-image");
  for (const folder of ["proc", "dev", "sluice"]) await mkdir(join(root, folder), { recursive: true });
  const program = await launcherProgram();
  if (program === undefined) throw new Error("The launcher needs Go to be built");
  await copyFile(program, join(root, "sluice-launch"));
  await chmod(join(root, "sluice-launch"), 0o555);
  const sluice = await unpackSluice();
  closers.push(async () => sluice[Symbol.asyncDispose]());
  return {
    [LAUNCHER]: { root, entrypoint: ["/sluice-launch"] },
    [SLUICE]: { root: sluice.root, entrypoint: sluice.entrypoint },
    app: { root: (await containerImages()).roots.debian },
  };
}
