import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Container, type EnvVar, expandVariables, type Pod, type Volume } from "@sluice/core/pod";
import { field, getObject, type KubernetesClient, requestToken } from "@sluice/kubernetes";
import type { ContainerImages } from "../../servers/containers/container-images.js";
import { type ContainerEnd, runContainer } from "../../servers/containers/run-container.js";

/** An image as a node has it: a root filesystem, and what it starts. */
export interface NodeImage {
  readonly root: string;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
}

export interface Node {
  readonly client: KubernetesClient;
  readonly runtime: ContainerImages;
  /** By the name that containers use. */
  readonly images: Readonly<Record<string, NodeImage>>;
}

const calm = () => ({ signal: AbortSignal.timeout(30_000) });
const NOBODY = 65_534;

/**
 * Runs a pod as a node would, as far as these tests need: init containers in their order, then the others; with
 * emptyDirs, tokens of its service account bound to it, variables from ConfigMaps and Secrets, `$(NAME)` expanded,
 * memory limits; as nobody on a read-only root. The runtime and the API server are real.
 */
export async function runPod(node: Node, pod: Pod): Promise<Map<string, ContainerEnd>> {
  const work = await mkdtemp(join(tmpdir(), "sluice-pod-"));
  await chmod(work, 0o755);
  const ends = new Map<string, ContainerEnd>();
  try {
    const volumes = new Map<string, string>();
    for (const volume of pod.spec.volumes ?? [])
      volumes.set(volume.name, await mountVolume(node, pod, volume, work));
    for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers])
      ends.set(container.name, await start(node, pod, container, volumes));
    return ends;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function start(
  { client, runtime, images }: Node,
  pod: Pod,
  container: Container,
  volumes: ReadonlyMap<string, string>,
): Promise<ContainerEnd> {
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
  return runContainer(runtime, {
    root: image.root,
    user: NOBODY,
    args: words.map(expand),
    env: ["PATH=/usr/bin:/bin", ...Array.from(env, ([name, value]) => `${name}=${value}`)],
    volumes: Object.fromEntries(mounts),
    ...(memoryMiB !== undefined && { memoryMiB }),
  });
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

interface TokenSource {
  readonly serviceAccountToken?: { readonly audience?: string; readonly path: string };
}

async function mountVolume({ client }: Node, pod: Pod, volume: Volume, work: string): Promise<string> {
  const folder = join(work, volume.name);
  await mkdir(folder);
  await chmod(folder, 0o777);
  const { sources = [] } = (volume["projected"] ?? {}) as { readonly sources?: readonly TokenSource[] };
  for (const { serviceAccountToken: wanted } of sources) {
    if (wanted?.audience === undefined) continue;
    const { name = "", namespace = "", uid } = pod.metadata ?? {};
    const asked = {
      namespace,
      serviceAccount: pod.spec.serviceAccountName ?? "default",
      audience: wanted.audience,
      boundPod: { name, uid: String(uid) },
    };
    const { token } = await requestToken(client, asked, calm());
    await mkdir(dirname(join(folder, wanted.path)), { recursive: true });
    await writeFile(join(folder, wanted.path), token.text(), { mode: 0o444 });
  }
  return folder;
}
