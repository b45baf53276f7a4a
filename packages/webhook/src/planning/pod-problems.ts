import type { DialectProblem } from "@sluice/core/dialect";
import { type Container, containersOf, type Pod, type Volume } from "@sluice/core/pod";
import { writerName } from "../strategies/files-at-start.js";
import { SOURCE_FOLDER, SOURCE_VOLUME_PREFIX } from "../strategies/agent-settings.js";
import {
  FILES_VOLUME_PREFIX,
  INSTALL_CONTAINER,
  LAUNCHER_FOLDER,
  LAUNCHER_VOLUME,
  TOKEN_FOLDER,
  TOKEN_VOLUME_PREFIX,
} from "../strategies/injection-settings.js";

import { keptVolumeProblems } from "./kept-volumes.js";

const MIRROR = "kubernetes.io/config.mirror";

/** Why a pod as a whole cannot be given what its containers ask for. */
export function podProblems(
  pod: Pod,
  planned: ReadonlySet<string>,
  withFiles: ReadonlySet<string> = new Set(),
): DialectProblem[] {
  return [
    ...kindProblems(pod),
    ...nameProblems(pod, withFiles),
    ...mountProblems(pod, planned),
    ...keptVolumeProblems(pod),
  ];
}

/** What its author should know, though it can be done. */
export function podWarnings({ spec }: Pod): string[] {
  return [
    ...(spec["hostPID"] === true
      ? [
          "hostPID: processes of the node with the same user can read the secrets in a container's environment",
        ]
      : []),
    ...(spec["shareProcessNamespace"] === true
      ? [
          "shareProcessNamespace: the pod's other containers can read the secrets in a container's environment",
        ]
      : []),
  ];
}

function kindProblems({ metadata, spec }: Pod): DialectProblem[] {
  const { name: os } = (spec["os"] ?? {}) as { readonly name?: unknown };
  const selector = (spec["nodeSelector"] ?? {}) as Readonly<Record<string, unknown>>;
  if (os === "windows" || selector["kubernetes.io/os"] === "windows")
    return [
      {
        problem: "The pod is for Windows nodes, where there is no launcher",
        remedy: "Give its containers their secrets as files, by a SecretSync or the CSI driver",
      },
    ];
  if (metadata?.annotations?.[MIRROR] === undefined) return [];
  return [
    {
      problem: "The pod mirrors a static pod, which runs already and is given no token",
      remedy: "Take the references out of the static pod's manifest, or run it as a DaemonSet",
    },
  ];
}

/** Names that are ours: what stands under them is replaced, so it must be what we put there. */
function nameProblems({ spec }: Pod, withFiles: ReadonlySet<string>): DialectProblem[] {
  const kept = new Set([INSTALL_CONTAINER, ...Array.from(withFiles, writerName)]);
  const reserved = [...spec.containers, ...(spec.ephemeralContainers ?? [])]
    .filter(({ name }) => kept.has(name))
    .map(({ name }) => `container "${name}"`);
  const volumes = (spec.volumes ?? []).filter(isTaken).map(({ name }) => `volume "${name}"`);
  return [...reserved, ...volumes].map((what) => ({
    problem: `The pod has a ${what} of its own, a name that is kept for the launcher`,
    remedy: "Rename it",
  }));
}

function isTaken(volume: Volume): boolean {
  if (volume.name === LAUNCHER_VOLUME) return !("emptyDir" in volume || "image" in volume);
  if (volume.name.startsWith(FILES_VOLUME_PREFIX)) return !("emptyDir" in volume);
  return volume.name.startsWith(TOKEN_VOLUME_PREFIX) && !("projected" in volume);
}

function mountProblems(pod: Pod, planned: ReadonlySet<string>): DialectProblem[] {
  return Array.from(containersOf(pod)).flatMap(([container]) =>
    planned.has(container.name) ? foreignMounts(container) : [],
  );
}

const KEPT_FOLDERS = [LAUNCHER_FOLDER, TOKEN_FOLDER, SOURCE_FOLDER];

function foreignMounts({ name, volumeMounts = [] }: Container): DialectProblem[] {
  return volumeMounts
    .filter(
      ({ name: volume, mountPath }) =>
        KEPT_FOLDERS.some((folder) => `${mountPath}/`.startsWith(`${folder}/`)) &&
        volume !== LAUNCHER_VOLUME &&
        !volume.startsWith(SOURCE_VOLUME_PREFIX) &&
        !volume.startsWith(TOKEN_VOLUME_PREFIX),
    )
    .map(({ mountPath }) => ({
      problem: `Container "${name}" mounts something of its own at ${mountPath}, where the launcher must be`,
      remedy: "Mount it elsewhere",
    }));
}
