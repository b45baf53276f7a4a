import type { DialectProblem } from "@sluice/core/dialect";
import { containersOf, type Pod } from "@sluice/core/pod";

/** Containers that are looked at: all, or those of a list, without those of another. */
export const CONTAINERS_ANNOTATION = "sluice.dev/containers";
export const EXCLUDE_ANNOTATION = "sluice.dev/exclude-containers";

export interface Selection {
  readonly isSelected: (container: string) => boolean;
  /** Names in the lists that no container has: a typing error would leave a container without its secrets. */
  readonly problems: readonly DialectProblem[];
}

/** Reads the annotations that say which containers are looked at. */
export function selectedContainers(pod: Pod): Selection {
  const included = listIn(pod, CONTAINERS_ANNOTATION);
  const excluded = listIn(pod, EXCLUDE_ANNOTATION) ?? [];
  const names = new Set(Array.from(containersOf(pod), ([{ name }]) => name));
  const unknown = [...(included ?? []), ...excluded].filter((name) => !names.has(name));
  return {
    isSelected: (name) => (included === undefined || included.includes(name)) && !excluded.includes(name),
    problems: unknown.map((name) => ({
      problem: `An annotation names container "${name}", which the pod does not have`,
      remedy: `It has: ${Array.from(names).join(", ")}`,
    })),
  };
}

function listIn({ metadata }: Pod, annotation: string): string[] | undefined {
  const text = metadata?.annotations?.[annotation];
  return text
    ?.split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
