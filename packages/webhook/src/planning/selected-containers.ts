import type { DialectProblem } from "@sluice/core/dialect";
import { containersOf, type Pod } from "@sluice/core/pod";

/** Turns injection off for a pod with the value `false`. */
export const INJECT_ANNOTATION = "sluice.dev/inject";

/** Containers that are looked at: all, or those of a list, without those of another. */
export const CONTAINERS_ANNOTATION = "sluice.dev/containers";
/** Annotation that lists containers which are left alone. */
export const EXCLUDE_ANNOTATION = "sluice.dev/exclude-containers";

/** Containers that the lists may name. */
const MOST_NAMES = 1_000;

const TOO_MANY: DialectProblem = {
  problem: `Annotations list more than ${MOST_NAMES} containers`,
  remedy: "Name those of the pod",
};

/** Which containers of a pod are looked at. */
export interface Selection {
  readonly isSelected: (container: string) => boolean;
  /** Annotations that cannot be meant so: a typing error would leave a container without its secrets. */
  readonly problems: readonly DialectProblem[];
}

/** Reads the annotations that say which containers are looked at. */
export function selectedContainers(pod: Pod): Selection {
  const inject = pod.metadata?.annotations?.[INJECT_ANNOTATION];
  const included = listIn(pod, CONTAINERS_ANNOTATION);
  const excluded = listIn(pod, EXCLUDE_ANNOTATION) ?? new Set<string>();
  const names = new Set(Array.from(containersOf(pod), ([{ name }]) => name));
  const named = [...(included ?? []), ...excluded];
  const has = listed(names);
  if (named.length > MOST_NAMES) return { isSelected: () => true, problems: [TOO_MANY] };
  return {
    isSelected: (name) =>
      inject !== "false" && (included === undefined || included.has(name)) && !excluded.has(name),
    problems: [
      ...injectProblems(inject, named.length > 0),
      ...named.filter((name) => !names.has(name)).map((name) => unknown(name, has)),
      ...Array.from(included ?? [])
        .filter((name) => excluded.has(name))
        .map(both),
    ],
  };
}

function injectProblems(inject: string | undefined, hasLists: boolean): DialectProblem[] {
  if (inject !== undefined && inject !== "true" && inject !== "false")
    return [
      {
        problem: `Annotation ${INJECT_ANNOTATION} is neither "true" nor "false"`,
        remedy: "Write one of them, or leave it out",
      },
    ];
  if (inject !== "false" || !hasLists) return [];
  return [
    {
      problem: `Annotation ${INJECT_ANNOTATION} is "false", and another one lists containers`,
      remedy: "Keep one of them",
    },
  ];
}

/** Names for people, and no more of them than people read. */
export function listed(names: ReadonlySet<string>): string {
  const shown = Array.from(names).slice(0, 20).join(", ");
  return names.size > 20 ? `${shown} and ${names.size - 20} more` : shown;
}

function unknown(name: string, has: string): DialectProblem {
  return {
    problem: `An annotation names container "${name}", which the pod does not have`,
    remedy: `It has: ${has}`,
  };
}

function both(name: string): DialectProblem {
  return {
    problem: `Container "${name}" is in ${CONTAINERS_ANNOTATION} and in ${EXCLUDE_ANNOTATION}`,
    remedy: "Keep it in one of them",
  };
}

function listIn({ metadata }: Pod, annotation: string): ReadonlySet<string> | undefined {
  const text = metadata?.annotations?.[annotation];
  if (text === undefined) return undefined;
  return new Set(
    text
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
  );
}
