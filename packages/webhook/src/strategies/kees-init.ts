import type { MutationStrategy } from "@sluice/core/mutation";
import type { Container, Pod, Volume } from "@sluice/core/pod";
import { parseImageReference } from "../images/image-reference.js";
import type { InjectionSettings } from "./injection-settings.js";

/** Whose place is taken, and by what. */
export interface KeesImages {
  /**
   * Images of ours by the repository of kees' that they replace, from whichever registry and with whichever tag:
   * `bsycorp/kees/init`. Without one nothing is replaced.
   */
  readonly images: Readonly<Record<string, string>>;
}

/** What it starts: docs/dialects/kees.md. */
const ARGS = ["write", "--dialect", "kees"];

/** A user of no rights, where the pod says root. */
const NOBODY = 65_532;

/**
 * Puts our image into the place of kees' init container. Its name, its variables and its mounts stay, and so do the
 * paths, which are what it mounts. What it writes into is kept in memory.
 */
export function keesInit({ images }: KeesImages): MutationStrategy<InjectionSettings> {
  const replacement = ({ image = "" }: Container): string | undefined => {
    const repository = parseImageReference(image)?.repository;
    return repository !== undefined && Object.hasOwn(images, repository) ? images[repository] : undefined;
  };
  return {
    name: "kees-init",
    appliesTo: ({ pod }) => (pod.spec.initContainers ?? []).some((each) => replacement(each) !== undefined),
    apply: (pod) => {
      const { initContainers = [], volumes = [] } = pod.spec;
      const written = new Set(
        initContainers.filter((each) => replacement(each) !== undefined).flatMap(writtenVolumes),
      );
      return {
        ...pod,
        spec: {
          ...pod.spec,
          initContainers: initContainers.map((each) => {
            const image = replacement(each);
            return image === undefined ? each : replaced(each, image, pod);
          }),
          ...(written.size > 0 && {
            volumes: volumes.map((volume) => (written.has(volume.name) ? inMemory(volume) : volume)),
          }),
        },
      };
    },
  };
}

function writtenVolumes({ volumeMounts = [] }: Container): string[] {
  return volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ name }) => name);
}

/** Secrets do not go to the node's disk. */
function inMemory(volume: Volume): Volume {
  const { emptyDir } = volume;
  return typeof emptyDir === "object" ? { ...volume, emptyDir: { ...emptyDir, medium: "Memory" } } : volume;
}

/** Satisfies Pod Security `restricted`, where the container does not say otherwise itself. */
function replaced(container: Container, image: string, { spec }: Pod): Container {
  const own = (container["securityContext"] ?? {}) as { readonly runAsUser?: unknown };
  const { runAsUser = (spec["securityContext"] as typeof own | undefined)?.runAsUser } = own;
  const { command: _, ...kept } = container;
  return {
    ...kept,
    image,
    args: ARGS,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
      ...own,
      // It needs no root, and one that the manifest asks for is kees' need.
      ...(runAsUser === 0 && { runAsUser: NOBODY, runAsNonRoot: true }),
    },
  };
}
