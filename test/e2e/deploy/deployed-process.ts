import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type KubernetesClient, requestToken } from "@sluice/kubernetes";
import { kubeconfigText } from "../../servers/kubernetes-kubeconfig.js";
import type { RunningKubernetes } from "../../servers/kubernetes.js";
import { freePort } from "../../servers/shared/free-port.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { startSluice } from "../../support/sluice.js";
import { find, type Manifest } from "./manifests.js";

interface PodTemplate {
  readonly spec: {
    readonly serviceAccountName: string;
    readonly containers: readonly [DeployedContainer];
    readonly volumes?: readonly object[];
  };
}

interface DeployedContainer {
  readonly args: readonly string[];
  readonly ports: readonly { readonly name: string }[];
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
  readonly resources: { readonly limits: { readonly memory: string } };
}

/** The pods that a Deployment makes. */
export function templateOf(manifests: readonly Manifest[], name: string): PodTemplate {
  const { spec } = find(manifests, "Deployment", name) as unknown as { spec: { template: PodTemplate } };
  return spec.template;
}

/** A container of a Deployment, as a process of this machine. */
export interface DeployedProcess {
  /** Where it is asked, if anybody asks it. */
  readonly port: number;
  /** Where its readiness is asked. */
  readonly readyUrl: string;
  readonly token: string;
  /** What it said so far. */
  said(): string;
  /** Its resident memory, in bytes. */
  memory(): Promise<number>;
  stop(): Promise<number | null>;
}

export interface DeployedOptions {
  readonly cluster: RunningKubernetes;
  readonly admin: KubernetesClient;
  readonly manifests: readonly Manifest[];
  readonly name: string;
  readonly folder: string;
  /** Arguments besides the deployed ones, for what a pod would have as a volume or as an address. */
  readonly args?: readonly string[];
  /** Variables besides the deployed ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another build's program. */
  readonly bin?: string | undefined;
}

/** Starts it with the arguments that are deployed, and with the rights of its service account. Settles when it is ready. */
export async function startDeployed(options: DeployedOptions): Promise<DeployedProcess> {
  const { cluster, admin, manifests, name, folder, args = [], env = {}, bin } = options;
  const [container] = templateOf(manifests, name).spec.containers;
  const { kubeconfig, token } = await writeAccountConfig({ cluster, admin, manifests, name, folder });
  const [port, management] = [await freePort(), await freePort()];
  const listen = serves(container) ? ["--listen", `127.0.0.1:${port}`] : [];
  const places = [...listen, "--management", `127.0.0.1:${management}`, "--kubeconfig", kubeconfig];
  const readyUrl = `http://127.0.0.1:${management}${container.readinessProbe.httpGet.path}`;
  const child = startSluice([...container.args, ...places, ...args], {
    cwd: folder,
    ...(bin !== undefined && { bin }),
    env: { POD_NAME: `${name}-0`, POD_NAMESPACE: "sluice-system", ...env },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = once(child, "exit") as Promise<[number | null]>;
  try {
    await waitUntil(`${name} is ready`, async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}: ${said}`);
      return isReady(readyUrl);
    });
  } catch (thrown) {
    child.kill("SIGKILL");
    throw new Error(`${name} is not ready: ${said}`, { cause: thrown });
  }
  return {
    port,
    readyUrl,
    token,
    said: () => said,
    memory: async () => residentMemory(child),
    stop: async () => {
      child.kill("SIGTERM");
      return (await ended)[0];
    },
  };
}

/** Writes a kubeconfig with the rights of a Deployment's service account, into a folder. */
export async function writeAccountConfig({
  cluster: { address: server, caCert },
  admin,
  manifests,
  name,
  folder,
}: DeployedOptions): Promise<{ readonly kubeconfig: string; readonly token: string }> {
  const token = await accountToken(admin, templateOf(manifests, name).spec.serviceAccountName);
  const kubeconfig = join(folder, `${name}.kubeconfig`);
  await writeFile(kubeconfig, kubeconfigText({ server, caCert, tokens: { own: token } }), { mode: 0o600 });
  return { kubeconfig, token };
}

/** Whether somebody asks it for more than metrics. */
export function serves({ ports }: Pick<DeployedContainer, "ports">): boolean {
  return ports.some(({ name }) => name !== "management");
}

async function accountToken(client: KubernetesClient, serviceAccount: string): Promise<string> {
  const audience = "https://kubernetes.default.svc";
  const asked = { namespace: "sluice-system", serviceAccount, audience, expirationSeconds: 3600 };
  return (await requestToken(client, asked, { signal: AbortSignal.timeout(10_000) })).token.text();
}

async function isReady(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ status }) => status === 200,
    () => false,
  );
}

async function residentMemory({ pid = 0 }: ChildProcess): Promise<number> {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}
