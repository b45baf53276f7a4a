import { randomBytes } from "node:crypto";
import type { InjectionPlan } from "@sluice/core/plan";
import { formatPlan, planDigest } from "@sluice/core/plan";
import {
  createObject,
  getPod,
  type KubernetesClient,
  MERGE_PATCH,
  type OwnerReference,
  type Pod,
  requestToken,
} from "@sluice/kubernetes";
import { type EnvironmentRequest, containerAudience } from "@sluice/protocol";
import { calm } from "./broker-access.js";

export interface PodContent {
  readonly namespace: string;
  readonly name: string;
  readonly serviceAccount?: string;
  /** Variables of each container's plan; `undefined` for a container without one. */
  readonly containers?: Readonly<Record<string, Record<string, string> | undefined>>;
  readonly init?: Readonly<Record<string, Record<string, string>>>;
  readonly owner?: OwnerReference;
  /** What the plans say besides their container and its variables. */
  readonly plan?: object;
}

const AT = { version: "v1", plural: "pods" } as const;

export function planFor(container: string, env: Record<string, string>, more: object = {}): string {
  const plan: InjectionPlan = { version: 1, minReader: 1, critical: [], container, env, ...more };
  return formatPlan(plan);
}

/** Creates a pod that no kubelet will ever see. It has a node, so that it is not deleted before its grace is over. */
export async function createPod(client: KubernetesClient, content: PodContent): Promise<Pod> {
  const { namespace, name, serviceAccount = "web", containers = {}, init = {}, owner, plan } = content;
  const toContainer = ([of, env]: [string, Record<string, string> | undefined]) => ({
    name: of,
    image: "app",
    ...(env !== undefined && { env: [{ name: "SLUICE_PLAN", value: planFor(of, env, plan) }] }),
  });
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, ...(owner !== undefined && { ownerReferences: [owner] }) },
    spec: {
      serviceAccountName: serviceAccount,
      automountServiceAccountToken: false,
      nodeName: "nowhere",
      initContainers: Object.entries(init).map(toContainer),
      containers: Object.entries(containers).map(toContainer),
    },
  };
  await createObject(client, { ...AT, namespace }, pod, calm());
  return getPod(client, { namespace, name }, calm());
}

/** What a kubelet would report. */
export async function setStatus(client: KubernetesClient, pod: Pod, status: object): Promise<void> {
  const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/status`;
  await client.call({ method: "PATCH", path, contentType: MERGE_PATCH, body: { status } }, calm());
}

export function running(name: string, { secondsAgo = 1, restarts = 0 } = {}): object {
  const startedAt = new Date(Date.now() - secondsAgo * 1000).toISOString();
  return {
    name,
    restartCount: restarts,
    ready: true,
    image: "app",
    imageID: "",
    containerID: `containerd://${name}-${restarts}`,
    state: { running: { startedAt } },
  };
}

/** The token that the kubelet would mount. */
export async function tokenOf(client: KubernetesClient, pod: Pod, audience: string): Promise<string> {
  const { namespace, name, uid, serviceAccountName: serviceAccount } = pod;
  const asked = { namespace, serviceAccount, audience, boundPod: { name, uid } };
  return (await requestToken(client, asked, calm())).token.text();
}

export async function containerToken(client: KubernetesClient, pod: Pod, container: string): Promise<string> {
  return tokenOf(client, pod, containerAudience(container));
}

/** What the launcher in a container asks. */
export function requestOf(pod: Pod, container: string): EnvironmentRequest {
  const { env } = pod.containers.find(({ name }) => name === container) ?? { env: [] };
  const plan = env.find(({ name }) => name === "SLUICE_PLAN")?.value ?? "";
  return {
    protocol: 1,
    reader: 1,
    features: [],
    container,
    nonce: randomBytes(16).toString("hex"),
    planDigest: planDigest(plan),
  };
}
