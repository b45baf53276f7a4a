import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Container, type EnvVar, expandVariables, type Pod, type Volume } from "@sluice/core/pod";
import { type KubernetesClient, requestToken } from "@sluice/kubernetes";
import type { ContainerImages } from "../../servers/containers/container-images.js";
import {
  type ContainerEnd,
  type RunningContainer,
  startContainer,
} from "../../servers/containers/run-container.js";
import { waitUntil } from "../../servers/shared/wait-until.js";

/** An image as a node has it: a root filesystem, and what it starts. */
export interface NodeImage {
  readonly root: string;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  /** Its user's number; nobody's by default. */
  readonly user?: number;
}

export interface Node {
  readonly client: KubernetesClient;
  readonly runtime: ContainerImages;
  /** By the name that containers use. */
  readonly images: Readonly<Record<string, NodeImage>>;
}

const calm = () => ({ signal: AbortSignal.timeout(30_000) });
const NOBODY = 65_534;

/** How long a sidecar may take until its startup probe succeeds, in milliseconds. */
const STARTUP_MS = 60_000;

/**
 * Runs a pod as a node would, as far as these tests need: init containers in their order, then the others, one after the
 * other; sidecars beside them, each of which has to pass its startup probe first, and is told to stop at the end; with
 * emptyDirs, tokens of its service account bound to it, `$(NAME)` expanded, memory limits; as nobody, or as the pod says, on a
 * read-only root. The runtime and the API server are real.
 *
 * @param whileRunning - Called after the init containers, before the others; the pod's volumes by name.
 */
export async function runPod(
  node: Node,
  pod: Pod,
  whileRunning?: (volumes: ReadonlyMap<string, string>) => Promise<void>,
): Promise<Map<string, ContainerEnd>> {
  const work = await mkdtemp(join(tmpdir(), "sluice-pod-"));
  await chmod(work, 0o755);
  const ends = new Map<string, ContainerEnd>();
  const sidecars = new Map<string, RunningContainer>();
  try {
    const volumes = new Map<string, string>();
    for (const volume of pod.spec.volumes ?? [])
      volumes.set(volume.name, await mountVolume(node, pod, volume, work));
    for (const container of pod.spec.initContainers ?? [])
      if (container.restartPolicy === "Always")
        sidecars.set(container.name, await startSidecar(node, pod, container, volumes));
      else {
        const end = await (await start(node, pod, container, volumes)).ended;
        ends.set(container.name, end);
        // Whatever comes after it is never started.
        if (end.code !== 0) return ends;
      }
    await whileRunning?.(volumes);
    for (const container of pod.spec.containers)
      ends.set(container.name, await (await start(node, pod, container, volumes)).ended);
    return ends;
  } finally {
    for (const [name, running] of Array.from(sidecars).reverse()) {
      process.kill(await running.pid(), "SIGTERM");
      ends.set(name, await running.ended);
    }
    await rm(work, { recursive: true, force: true });
  }
}

/** A probe runs beside its container: in the same filesystem, as the same user, with the same environment. */
async function startSidecar(
  node: Node,
  pod: Pod,
  container: Container,
  volumes: ReadonlyMap<string, string>,
): Promise<RunningContainer> {
  const running = await start(node, pod, container, volumes);
  const { exec } = (container["startupProbe"] ?? {}) as {
    readonly exec?: { readonly command: readonly string[] };
  };
  if (exec === undefined) return running;
  const probe = { ...container, command: exec.command, args: [] };
  const failed = running.ended.then(({ stderr }) => {
    throw new Error(`The sidecar ended before it was ready: ${stderr}`);
  });
  failed.catch(() => undefined);
  const started = waitUntil(
    `the startup probe of ${container.name} succeeds`,
    async () => (await (await start(node, pod, probe, volumes)).ended).code === 0,
    { timeoutMs: STARTUP_MS },
  );
  await Promise.race([started, failed]);
  return running;
}

async function start(
  { runtime, images }: Node,
  pod: Pod,
  container: Container,
  volumes: ReadonlyMap<string, string>,
): Promise<RunningContainer> {
  const image = images[container.image ?? ""];
  if (image === undefined) throw new Error(`The node has no image ${container.image}`);
  const { command, args } = container;
  const env = environmentOf(container, pod);
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
  return startContainer(runtime, {
    root: image.root,
    user: userOf(container, pod) ?? image.user ?? NOBODY,
    args: words.map(expand),
    env: ["PATH=/usr/bin:/bin", ...Array.from(env, ([name, value]) => `${name}=${value}`)],
    volumes: Object.fromEntries(mounts),
    ...(memoryMiB !== undefined && { memoryMiB }),
  });
}

function userOf(container: Container, { spec }: Pod): number | undefined {
  const of = (part: Container | Pod["spec"]): unknown =>
    (part["securityContext"] as { readonly runAsUser?: unknown } | undefined)?.runAsUser;
  const user = of(container) ?? of(spec);
  return typeof user === "number" ? user : undefined;
}

function environmentOf({ env = [] }: Container, pod: Pod): Map<string, string> {
  const known = new Map<string, string>();
  for (const variable of env) known.set(variable.name, valueOf(variable, pod, known));
  return known;
}

function valueOf({ value, valueFrom }: EnvVar, pod: Pod, known: ReadonlyMap<string, string>): string {
  const field = (valueFrom?.["fieldRef"] as { readonly fieldPath?: string } | undefined)?.fieldPath;
  if (field === "metadata.name") return pod.metadata?.name ?? "";
  if (field !== undefined) throw new Error(`This node does not know ${field}`);
  return expandIn(value ?? "", known);
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
