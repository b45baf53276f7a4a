import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getPod, type KubernetesClient, type OwnerReference, type Pod } from "@sluice/kubernetes";
import { type ContainerImages, containerImages } from "../../servers/containers/container-images.js";
import { type ContainerEnd, runContainer } from "../../servers/containers/run-container.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import type { RunningKubernetes } from "../../servers/kubernetes.js";
import { containerToken } from "../broker/test-pods.js";
import { ask, must, newNamespace, type Said } from "../webhook/support.js";

const LABELS = { "sluice.dev/injection": "enabled", "pod-security.kubernetes.io/enforce": "restricted" };

/** What a pod's container has once it was admitted. */
export interface WrittenPod {
  readonly containers: readonly [
    {
      readonly command: readonly string[];
      readonly env: readonly { readonly name: string; readonly value: string }[];
    },
  ];
}

export interface InjectedPodsSettings {
  readonly cluster: RunningKubernetes;
  readonly admin: KubernetesClient;
  readonly folder: string;
  /** The launcher's executable. */
  readonly program: string;
}

/** What a pod has besides, or instead. */
export interface PodMore {
  readonly args?: readonly string[];
  /** A namespace other than that of all. */
  readonly in?: string;
  /** Members of its container. */
  readonly container?: object;
  readonly owner?: OwnerReference;
}

/** Pods of a namespace that is injected, under Pod Security restricted, and what a node does with them. */
export class InjectedPods {
  #count = 0;

  private constructor(
    private readonly settings: InjectedPodsSettings,
    private readonly images: ContainerImages,
    readonly namespace: string,
  ) {}

  static async open(settings: InjectedPodsSettings): Promise<InjectedPods> {
    const { cluster, folder, program } = settings;
    const launcher = join(folder, "launcher/sluice-launch");
    await chmod(folder, 0o755);
    await mkdir(join(folder, "launcher"), { recursive: true });
    await copyFile(program, launcher);
    await chmod(launcher, 0o555);
    return new InjectedPods(settings, await containerImages(), await newNamespace(cluster, LABELS));
  }

  /** Creates a pod whose one container, `web`, has these variables. */
  async create(
    env: Readonly<Record<string, string>>,
    {
      args = ["printenv", "DB", "URL"],
      in: where = this.namespace,
      container: more = {},
      owner,
    }: PodMore = {},
  ): Promise<Said> {
    this.#count += 1;
    const securityContext = {
      runAsNonRoot: true,
      runAsUser: 65_532,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    };
    const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
    const own = { name: "web", image: "debian", command: args, env: variables, securityContext };
    const container = { ...own, ...more };
    return ask(this.settings.cluster, "POST", `/api/v1/namespaces/${where}/pods`, {
      metadata: {
        name: `web-${this.#count}`,
        ...(owner !== undefined && { ownerReferences: [{ ...owner, controller: true }] }),
      },
      spec: { automountServiceAccountToken: false, containers: [container] },
    });
  }

  /** Settles when the API server asks the webhook, and trusts it. */
  async untilInjected(env: Readonly<Record<string, string>>): Promise<void> {
    await waitUntil("pods are injected", async () => (await this.create(env)).status === 201);
  }

  /** The pod that a creation was answered with. */
  async podOf({ body }: Said): Promise<Pod> {
    const { name, namespace } = body["metadata"] as { readonly name: string; readonly namespace: string };
    return getPod(this.settings.admin, { namespace, name }, { signal: AbortSignal.timeout(10_000) });
  }

  /** What a node does with the pod's container: its command, its environment, its volumes. */
  async run(pod: Pod, brokerPort: number): Promise<ContainerEnd> {
    const { cluster, admin, folder } = this.settings;
    const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`;
    const { spec } = (await must(ask(cluster, "GET", path))) as unknown as { readonly spec: WrittenPod };
    const [{ command, env }] = spec.containers;
    const tokens = join(folder, `tokens-${pod.name}`);
    await mkdir(tokens, { recursive: true });
    await writeFile(join(tokens, "token"), await containerToken(admin, pod, "web"));
    const variables = env.map(({ name, value }) =>
      // Nothing routes to a cluster IP here.
      name === "SLUICE_SOURCE" ? `${name}=https://127.0.0.1:${brokerPort}` : `${name}=${value}`,
    );
    return runContainer(this.images, {
      root: this.images.roots.debian,
      args: command,
      env: ["PATH=/usr/bin:/bin", ...variables],
      user: 65_532,
      memoryMiB: 32,
      volumes: { "/sluice": join(folder, "launcher"), "/var/run/secrets/sluice": tokens },
    });
  }
}
