import type { MutationStrategy } from "@sluice/core/mutation";
import type { Container, Pod, Volume } from "@sluice/core/pod";
import { parseImageReference } from "../images/image-reference.js";
import { selectedContainers } from "../planning/selected-containers.js";
import type { InjectionSettings } from "./injection-settings.js";
import type { KeesImages } from "./kees-images.js";

/** What it starts: docs/dialects/kees.md. */
const ARGS = ["write", "--dialect", "kees"];

const NONE: KeesImages = { images: {} };

/** A user of no rights, where the pod says root. */
const NOBODY = 65_532;

/**
 * Puts our image into the place of kees' init container. Its name, its variables and its mounts stay, and so do the
 * paths, which are what it mounts. What it writes into is kept in memory.
 */
export function keesInit(): MutationStrategy<InjectionSettings> {
  const replaces = (pod: Pod, kees = NONE): ((container: Container) => string | undefined) => {
    const { isSelected } = selectedContainers(pod);
    return (container) => (isSelected(container.name) ? replacementOf(container, kees) : undefined);
  };
  return {
    name: "kees-init",
    appliesTo: ({ pod, settings: { kees } }) =>
      (pod.spec.initContainers ?? []).some((each) => replaces(pod, kees)(each) !== undefined),
    apply: (pod, { settings: { kees } }) => {
      const imageFor = replaces(pod, kees);
      const { initContainers = [], volumes = [] } = pod.spec;
      const taken = initContainers.filter((each) => imageFor(each) !== undefined);
      const written = new Set(taken.flatMap(writtenVolumes));
      return {
        ...pod,
        spec: {
          ...pod.spec,
          initContainers: initContainers.map((each) => {
            const image = imageFor(each);
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

/** Whether a container is kees' and its place is taken, or was. */
export function isKeesInit(container: Container, settings: KeesImages): boolean {
  const isOurs = Object.values(settings.images).includes(container.image ?? "");
  const { args = [] } = container;
  return (
    replacementOf(container, settings) !== undefined ||
    (isOurs && ARGS.every((argument, index) => args[index] === argument))
  );
}

function replacementOf({ image = "" }: Container, { images }: KeesImages): string | undefined {
  const repository = parseImageReference(image)?.repository;
  return repository !== undefined && Object.hasOwn(images, repository) ? images[repository] : undefined;
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
