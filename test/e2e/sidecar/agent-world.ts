import type { Pod } from "@sluice/core/pod";
import { KubernetesClient } from "@sluice/kubernetes";
import type { AgentSettings } from "@sluice/webhook";
import { type RealVault, realVault } from "../../../packages/provider-vault/test/real-vault.js";
import { containerImages } from "../../servers/containers/container-images.js";
import type { RunningKubernetes } from "../../servers/kubernetes.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { BrokerWorld, SERVER_NAME, type StartedBroker } from "../broker/broker-world.js";
import type { Node } from "../peers/mini-kubelet.js";
import { ask, must, newNamespace, register, startWebhook, type StartedWebhook } from "../webhook/support.js";
import { LAUNCHER, nodeImages, SLUICE } from "./node-images.js";
import { scriptedBroker, type ScriptedBroker } from "./scripted-broker.js";
import { CREDS, setUpVault } from "./set-up-vault.js";

const LABELS = { webhook: "sluice" };

type Closer = () => Promise<void>;

/** The last that was opened first. */
async function closeAll(closers: Closer[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

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
    const images = await nodeImages((close) => void closers.push(close));
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
            "vault-approle": {
              provider: "vault",
              address: vault.address,
              auth: {
                approle: {
                  roleIdFile: "/opt/talend/secrets/approle_roleid",
                  secretIdFile: "/opt/talend/secrets/approle_secretid",
                },
              },
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
    this.namespace = await this.newNamespace();
    const first = { metadata: { generateName: "first-" }, spec: podOf({ DB: "secret://vault/x" }).spec };
    await waitUntil("the API server asks the webhook", async () =>
      JSON.stringify((await this.#create(first)).body).includes("SLUICE_PLAN"),
    );
  }

  /** With what a cluster's controllers put into a namespace, and the right that a job's sidecar needs. */
  async newNamespace(): Promise<string> {
    const namespace = await newNamespace(this.cluster, LABELS);
    const core = `/api/v1/namespaces/${namespace}`;
    const rights = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
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
        subjects: [{ kind: "ServiceAccount", name: "default", namespace }],
      }),
    );
    return namespace;
  }

  /** The pod as the API server has stored it. */
  async admitted(pod: Pod, namespace = this.namespace): Promise<Pod> {
    const named = { ...pod, metadata: { generateName: "pod-", ...pod.metadata } };
    const { status, body } = await this.#create(named, namespace);
    if (status >= 300) throw new Error(`${status}: ${body.message ?? ""}`);
    return body as unknown as Pod;
  }

  async #create(pod: object, namespace = this.namespace): ReturnType<typeof ask> {
    return ask(this.cluster, "POST", `/api/v1/namespaces/${namespace}/pods`, pod);
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
