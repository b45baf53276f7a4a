import { withNamed } from "@sluice/core/mutation";
import { type Container, mapContainers, type Pod, type Volume, type VolumeMount } from "@sluice/core/pod";
import { type AgentPlan, foldersOf } from "../planning/agent-plan.js";
import {
  AGENT_API_VOLUME,
  AGENT_CONTAINER,
  AGENT_INIT_CONTAINER,
  AGENT_MIB,
  AGENT_SOURCES_FOLDER,
  AGENT_STATE_FOLDER,
  AGENT_STATE_VOLUME,
  AGENT_TOKEN_FOLDER,
  AGENT_TOKEN_VOLUME,
  type AgentSettings,
  AGENT_FILES_VOLUME,
  SOURCE_FOLDER,
  SOURCE_VOLUME_PREFIX,
} from "./agent-settings.js";
import { mebibytes } from "./mebibytes.js";
import { shortName } from "./short-name.js";

/** Volumes of files, by the folder that each is mounted at. */
function fileVolumes({ wants }: AgentPlan): ReadonlyMap<string, string> {
  return new Map(
    foldersOf(wants.files).map((folder, index) => {
      const name = index === 0 ? AGENT_FILES_VOLUME : `${AGENT_FILES_VOLUME}-${index}`;
      return [folder, index === 0 ? (wants.volume ?? name) : name];
    }),
  );
}

/** The volume in which the agent answers a container's launcher. */
export function sourceVolumeName(container: string): string {
  return shortName(SOURCE_VOLUME_PREFIX, container);
}

/** What the agent beside the app mounts for launchers: of each container a folder, which none but the two see. */
export function sourceMounts({ sources }: Pick<AgentPlan, "sources">): VolumeMount[] {
  return sources.map(({ container }) => ({
    name: sourceVolumeName(container),
    mountPath: `${AGENT_SOURCES_FOLDER}/${container}`,
  }));
}

/** Lets each container that the agent answers reach its own socket, which it cannot put another one in the place of. */
export function withSourceMounts(pod: Pod, { sources }: Pick<AgentPlan, "sources">): Pod {
  const served = new Set(sources.map(({ container }) => container));
  return mapContainers(pod, (container, kind) => {
    if (kind !== "app" || !served.has(container.name)) return container;
    const mount = { name: sourceVolumeName(container.name), mountPath: SOURCE_FOLDER, readOnly: true };
    return { ...container, volumeMounts: withNamed(container.volumeMounts, mount) };
  });
}

/** What agents mount. */
export function agentMounts(agent: AgentPlan): VolumeMount[] {
  return [
    ...Array.from(fileVolumes(agent), ([mountPath, name]) => ({ name, mountPath })),
    { name: AGENT_STATE_VOLUME, mountPath: AGENT_STATE_FOLDER },
    { name: AGENT_TOKEN_VOLUME, mountPath: AGENT_TOKEN_FOLDER, readOnly: true },
  ];
}

/** Gives the pod an agent's volumes; a volume of files that is its own stays. */
export function withAgentVolumes(
  pod: Pod,
  agent: AgentPlan,
  { audience = "vault", nativeSidecars = true }: AgentSettings,
  expirationSeconds: number,
): Pod {
  const own = new Set(
    (pod.spec.volumes ?? []).filter(({ name }) => name === agent.wants.volume).map(({ name }) => name),
  );
  const added: Volume[] = [
    ...Array.from(fileVolumes(agent).values())
      .filter((name) => !own.has(name))
      .map((name) => inMemory(name, AGENT_MIB.files)),
    ...agent.sources.map(({ container }) => inMemory(sourceVolumeName(container), AGENT_MIB.source)),
    inMemory(AGENT_STATE_VOLUME, AGENT_MIB.state),
    tokenVolume(pod, { audience, expirationSeconds, path: "token" }),
    ...(endsWithApp(pod, agent) && agent.wants.runs.beside && !nativeSidecars
      ? [apiVolume(pod, expirationSeconds)]
      : []),
  ];
  const volumes = added.reduce((list, volume) => withNamed(list, volume), [...(pod.spec.volumes ?? [])]);
  return { ...pod, spec: { ...pod.spec, volumes } };
}

/** What an agent's volumes may hold, in MiB: ours, and one for files that is the pod's own, as large as that says it is. */
export function volumesMiB({ spec }: Pod, agent: AgentPlan): number {
  const own = spec.volumes?.find(({ name }) => name === agent.wants.volume)?.["emptyDir"] as
    | { readonly sizeLimit?: unknown }
    | undefined;
  const files = Array.from(fileVolumes(agent).values(), (name) =>
    name === agent.wants.volume ? (mebibytes(textOf(own?.sizeLimit)) ?? AGENT_MIB.files) : AGENT_MIB.files,
  );
  const all = files.reduce((sum, size) => sum + size, 0);
  return all + AGENT_MIB.source * agent.sources.length + AGENT_MIB.state;
}

function textOf(amount: unknown): string | undefined {
  return typeof amount === "string" || typeof amount === "number" ? String(amount) : undefined;
}

/** Lets the app's containers see the files; where the agent comes first, its init containers too. */
export function withFileMounts(pod: Pod, agent: AgentPlan): Pod {
  const { containers, initFirst } = agent.wants;
  return mapContainers(pod, (container, kind) => {
    const isApp = kind === "app" && containers.includes(container.name);
    const isLater = (kind === "init" || kind === "sidecar") && initFirst && !isOurs(container);
    return isApp || isLater ? withMounts(container, fileVolumes(agent)) : container;
  });
}

/** A container that mounts the volume itself has it where it wants it. */
function withMounts(container: Container, volumes: ReadonlyMap<string, string>): Container {
  const missing = Array.from(volumes).filter(
    ([mountPath, volume]) =>
      !container.volumeMounts?.some((mount) => mount.name === volume || mount.mountPath === mountPath),
  );
  if (missing.length === 0) return container;
  const mounts = missing.map(([mountPath, name]) => ({ name, mountPath, readOnly: true }));
  return { ...container, volumeMounts: [...(container.volumeMounts ?? []), ...mounts] };
}

function isOurs({ name }: Container): boolean {
  return name === AGENT_CONTAINER || name === AGENT_INIT_CONTAINER || name === "sluice-install";
}

/** Whether the pod ends when its app containers do: one that is an ordinary container has to see that for itself. */
export function endsWithApp({ spec }: Pod, { wants }: AgentPlan): boolean {
  const { restartPolicy } = spec;
  return wants.isJob || restartPolicy === "Never" || restartPolicy === "OnFailure";
}

/** What the kubelet gives containers that are there when a pod is created. */
function apiVolume({ spec }: Pod, expirationSeconds: number): Volume {
  const before = spec.volumes?.find(({ name }) => name === AGENT_API_VOLUME)?.["projected"] as
    | object
    | undefined;
  const namespace = { path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } };
  return {
    name: AGENT_API_VOLUME,
    projected: {
      ...before,
      sources: [
        { serviceAccountToken: { path: "token", expirationSeconds } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        { downwardAPI: { items: [namespace] } },
      ],
    },
  };
}

function inMemory(name: string, mebibytes: number): Volume {
  return { name, emptyDir: { medium: "Memory", sizeLimit: `${mebibytes}Mi` } };
}

function tokenVolume({ spec }: Pod, token: object): Volume {
  // What the API server filled in, such as the mode, stays.
  const before = spec.volumes?.find(({ name }) => name === AGENT_TOKEN_VOLUME)?.["projected"] as
    | object
    | undefined;
  return {
    name: AGENT_TOKEN_VOLUME,
    projected: { ...before, sources: [{ serviceAccountToken: token }] },
  };
}
