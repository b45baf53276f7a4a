import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Container, type EnvVar, expandVariables, type Pod, type Volume } from "@sluice/core/pod";
import { field, getObject, type KubernetesClient, requestToken } from "@sluice/kubernetes";
import type { ContainerImages } from "../../servers/containers/container-images.js";
import {
  type ContainerEnd,
  type RunningContainer,
  startContainer,
} from "../../servers/containers/run-container.js";
import { runCommand } from "../../servers/shared/run-command.js";
import { waitUntil } from "../../servers/shared/wait-until.js";

/** An image as a node has it: a root filesystem, and what it starts. */
export interface NodeImage {
  readonly root: string;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  /** As `NAME=value`. */
  readonly env?: readonly string[];
}

export interface Node {
  readonly client: KubernetesClient;
  readonly runtime: ContainerImages;
  /** By the name that containers use. */
  readonly images: Readonly<Record<string, NodeImage>>;
  /** Where containers find the API server, by the variables that every pod has; none by default. */
  readonly apiServer?: string;
}

const calm = () => ({ signal: AbortSignal.timeout(30_000) });
const NOBODY = 65_534;

/** A pod whose volumes are there, so that its containers can be started, also again. */
export interface PreparedPod extends AsyncDisposable {
  readonly pod: Pod;
  /** @param command - What is started in the place of the container's own, as a probe is. */
  start(container: string, command?: readonly string[]): Promise<RunningContainer>;
}

/** How long a sidecar may take until its startup probe succeeds, in milliseconds. */
const STARTUP_MS = 60_000;

/**
 * Runs a pod as a node would, as far as these tests need: init containers in their order, then the others, one after the
 * other; sidecars beside them, each of which has to pass its startup probe first, and is told to stop at the end; with
 * emptyDirs, tokens of its service account bound to it, variables from ConfigMaps and Secrets, `$(NAME)` expanded,
 * memory limits; as the user that it names or as nobody, on a read-only root. The runtime and the API server are real.
 */
export async function runPod(node: Node, pod: Pod): Promise<Map<string, ContainerEnd>> {
  await using prepared = await preparePod(node, pod);
  const ends = new Map<string, ContainerEnd>();
  const sidecars = new Map<string, RunningContainer>();
  try {
    for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers])
      if (container.restartPolicy === "Always")
        sidecars.set(container.name, await startSidecar(prepared, container));
      else ends.set(container.name, await (await prepared.start(container.name)).ended);
    return ends;
  } finally {
    for (const [name, running] of Array.from(sidecars).reverse()) {
      process.kill(await running.pid(), "SIGTERM");
      ends.set(name, await running.ended);
    }
  }
}

/** A probe runs beside its container: in the same filesystem, as the same user, with the same environment. */
export async function startSidecar(prepared: PreparedPod, container: Container): Promise<RunningContainer> {
  const running = await prepared.start(container.name);
  const { exec } = (container["startupProbe"] ?? {}) as {
    readonly exec?: { readonly command: readonly string[] };
  };
  if (exec === undefined) return running;
  const failed = running.ended.then(({ stderr }) => {
    throw new Error(`The sidecar ended before it was ready: ${stderr}`);
  });
  failed.catch(() => undefined);
  const started = waitUntil(
    `the startup probe of ${container.name} succeeds`,
    async () => (await (await prepared.start(container.name, exec.command)).ended).code === 0,
    { timeoutMs: STARTUP_MS },
  );
  await Promise.race([started, failed]);
  return running;
}

/** Makes the volumes of a pod; they go with what is returned. Nothing of it may run then. */
export async function preparePod(node: Node, pod: Pod): Promise<PreparedPod> {
  const work = await mkdtemp(join(tmpdir(), "sluice-pod-"));
  await chmod(work, 0o755);
  const mounted: string[] = [];
  const clear = async (): Promise<void> => {
    for (const folder of mounted) await runCommand("umount", [folder]);
    await rm(work, { recursive: true, force: true });
  };
  try {
    const volumes = new Map<string, string>();
    for (const volume of pod.spec.volumes ?? []) {
      const folder = await mountVolume(node, pod, volume, work);
      volumes.set(volume.name, folder);
      if (isInMemory(volume)) mounted.push(folder);
    }
    const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
    return {
      pod,
      start: async (name, command) => {
        const found = containers.find((each) => each.name === name);
        const container = found && command !== undefined ? { ...found, command, args: [] } : found;
        if (container === undefined) throw new Error(`The pod has no container ${name}`);
        return start(node, pod, container, volumes);
      },
      [Symbol.asyncDispose]: clear,
    };
  } catch (thrown) {
    await clear();
    throw thrown;
  }
}

interface SecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
}

async function start(
  { client, runtime, images, apiServer }: Node,
  pod: Pod,
  container: Container,
  volumes: ReadonlyMap<string, string>,
): Promise<RunningContainer> {
  const image = images[container.image ?? ""];
  if (image === undefined) throw new Error(`The node has no image ${container.image}`);
  const { command, args } = container;
  const env = await environmentOf(client, container, pod);
  const expand = (text: string): string => expandIn(text, env);
  const words = [
    ...(command ?? image.entrypoint ?? []),
    ...(args ?? (command === undefined ? (image.cmd ?? []) : [])),
  ];
  const mounts = (container.volumeMounts ?? []).flatMap(({ name, mountPath }) => {
    const folder = volumes.get(name);
    return folder === undefined ? [] : [[mountPath, folder] as const];
  });
  const memoryMiB = memoryOf(container);
  const ofPod = (pod.spec["securityContext"] ?? {}) as SecurityContext;
  const own = (container["securityContext"] ?? {}) as SecurityContext;
  const group = own.runAsGroup ?? ofPod.runAsGroup;
  return startContainer(runtime, {
    root: image.root,
    user: own.runAsUser ?? ofPod.runAsUser ?? NOBODY,
    ...(group !== undefined && { group }),
    ...(ofPod.fsGroup !== undefined && { groups: [ofPod.fsGroup] }),
    args: words.map(expand),
    env: [
      "PATH=/usr/bin:/bin",
      ...(image.env ?? []),
      ...(apiServer === undefined ? [] : serviceVariables(apiServer)),
      ...Array.from(env, ([name, value]) => `${name}=${value}`),
    ],
    volumes: Object.fromEntries(mounts),
    readOnlyVolumes: (container.volumeMounts ?? [])
      .filter(({ readOnly }) => readOnly === true)
      .map(({ mountPath }) => mountPath),
    ...(memoryMiB !== undefined && { memoryMiB }),
  });
}

function serviceVariables(address: string): string[] {
  const { hostname, port } = new URL(address);
  return [`KUBERNETES_SERVICE_HOST=${hostname}`, `KUBERNETES_SERVICE_PORT=${port}`];
}

async function environmentOf(
  client: KubernetesClient,
  { env = [], envFrom = [] }: Container,
  pod: Pod,
): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  for (const { prefix = "", configMapRef, secretRef } of envFrom) {
    const data = await dataOf(client, pod, { configMap: configMapRef?.name, secret: secretRef?.name });
    for (const [key, text] of Object.entries(data)) known.set(prefix + key, text);
  }
  for (const variable of env) known.set(variable.name, await valueOf(client, variable, pod, known));
  return known;
}

async function valueOf(
  client: KubernetesClient,
  { value, valueFrom }: EnvVar,
  pod: Pod,
  known: ReadonlyMap<string, string>,
): Promise<string> {
  if (valueFrom == null) return expandIn(value ?? "", known);
  const { configMapKeyRef, secretKeyRef } = valueFrom;
  const key = (configMapKeyRef ?? secretKeyRef)?.key;
  if (key !== undefined) {
    const data = await dataOf(client, pod, { configMap: configMapKeyRef?.name, secret: secretKeyRef?.name });
    const text = data[key];
    if (text === undefined) throw new Error(`This node finds no ${key}`);
    return text;
  }
  const path = (valueFrom["fieldRef"] as { readonly fieldPath?: string } | undefined)?.fieldPath;
  if (path === "metadata.name") return pod.metadata?.name ?? "";
  if (path === "metadata.namespace") return pod.metadata?.namespace ?? "";
  throw new Error(`This node does not know ${path}`);
}

/** What a ConfigMap or a Secret of the pod's namespace holds, as text. */
async function dataOf(
  client: KubernetesClient,
  { metadata: { namespace = "" } = {} }: Pod,
  { configMap, secret }: { readonly configMap: string | undefined; readonly secret: string | undefined },
): Promise<Record<string, string>> {
  const plural = secret === undefined ? "configmaps" : "secrets";
  const object = await getObject(
    client,
    { version: "v1", plural, namespace },
    secret ?? configMap ?? "",
    calm(),
  );
  const data = Object.entries((field(object, "data") ?? {}) as Record<string, string>);
  if (secret === undefined) return Object.fromEntries(data);
  return Object.fromEntries(data.map(([key, text]) => [key, Buffer.from(text, "base64").toString("utf8")]));
}

function expandIn(text: string, known: ReadonlyMap<string, string>): string {
  return expandVariables(text, (name) => known.has(name))
    .map((part) => (typeof part === "string" ? part : (known.get(part.name) ?? "")))
    .join("");
}

function memoryOf({ resources }: Container): number | undefined {
  const limit = (resources as { readonly limits?: { readonly memory?: string } } | undefined)?.limits?.memory;
  const [, amount] = /^(\d+)Mi$/.exec(limit ?? "") ?? [];
  return amount === undefined ? undefined : Number(amount);
}

function isInMemory(volume: Volume): boolean {
  return (volume["emptyDir"] as { readonly medium?: string } | undefined)?.medium === "Memory";
}

interface ProjectedSource {
  readonly serviceAccountToken?: { readonly audience?: string; readonly path: string };
  readonly configMap?: {
    readonly name: string;
    readonly items: readonly { readonly key: string; readonly path: string }[];
  };
  readonly downwardAPI?: { readonly items: readonly DownwardItem[] };
}

/** Audience of tokens that are for the API server itself. */
const API_AUDIENCE = "https://kubernetes.default.svc";

interface DownwardItem {
  readonly path: string;
  readonly fieldRef?: { readonly fieldPath: string };
}

async function mountVolume(
  { client, apiServer }: Node,
  pod: Pod,
  volume: Volume,
  work: string,
): Promise<string> {
  const folder = join(work, volume.name);
  await mkdir(folder);
  if (isInMemory(volume)) {
    const { sizeLimit = "8Mi" } = volume["emptyDir"] as { readonly sizeLimit?: string };
    const options = `size=${sizeLimit.replace("i", "").toLowerCase()}`;
    await runCommand("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]);
  }
  await chmod(folder, 0o777);
  const { fsGroup } = (pod.spec["securityContext"] ?? {}) as SecurityContext;
  if (fsGroup !== undefined) {
    await chown(folder, 0, fsGroup);
    await chmod(folder, 0o2777);
  }
  const { items = [] } = (volume["downwardAPI"] ?? {}) as { readonly items?: readonly DownwardItem[] };
  for (const { path, fieldRef } of items) {
    if (fieldRef?.fieldPath !== "metadata.annotations") throw new Error("This node knows annotations only");
    const lines = Object.entries(pod.metadata?.annotations ?? {}).map(
      ([key, value]) => `${key}=${JSON.stringify(value)}\n`,
    );
    await writeFile(join(folder, path), lines.sort().join(""), { mode: 0o444 });
  }
  const { sources = [] } = (volume["projected"] ?? {}) as { readonly sources?: readonly ProjectedSource[] };
  // Without a way to the API server its token is of no use.
  const used = sources.filter(
    ({ serviceAccountToken }) => apiServer !== undefined || serviceAccountToken?.audience !== undefined,
  );
  for (const source of used) await project(client, pod, source, folder);
  return folder;
}

async function project(
  client: KubernetesClient,
  pod: Pod,
  { serviceAccountToken: wanted, configMap, downwardAPI }: ProjectedSource,
  folder: string,
): Promise<void> {
  const { name = "", namespace = "", uid } = pod.metadata ?? {};
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { mode: 0o444 });
  };
  if (wanted !== undefined) {
    const asked = {
      namespace,
      serviceAccount: pod.spec.serviceAccountName ?? "default",
      audience: wanted.audience ?? API_AUDIENCE,
      boundPod: { name, uid: String(uid) },
    };
    await write(wanted.path, (await requestToken(client, asked, calm())).token.text());
  }
  if (configMap !== undefined) {
    const data = await dataOf(client, pod, { configMap: configMap.name, secret: undefined });
    for (const { key, path } of configMap.items) await write(path, data[key] ?? "");
  }
  for (const { path, fieldRef } of downwardAPI?.items ?? []) {
    if (fieldRef?.fieldPath !== "metadata.namespace") throw new Error("This node knows the namespace only");
    await write(path, namespace);
  }
}
