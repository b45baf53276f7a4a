import { formatPod, type PodName } from "./lease-names.js";

/** A pod that wants a number. */
export interface Claimant {
  readonly pod: PodName;
  readonly rangeStart: number;
  /** Included. */
  readonly rangeEnd: number;
}

/** Numbers for pods. */
export interface Assignment {
  /** New ones, by number. */
  readonly assigned: ReadonlyMap<number, PodName>;
  /** Pods for which there is no number. */
  readonly refused: readonly { readonly claimant: Claimant; readonly reason: "range-full" | "same-name" }[];
}

/**
 * The lowest free number of its range for each pod that has none.
 *
 * What is in the store is a pod's name alone, by which its reader finds it. So of pods of one name in several
 * namespaces the first is given a number, and the others none.
 *
 * @param held who has which number
 * @param foreign numbers that are taken, nobody here knows by whom
 */
export function assignLeases(
  claimants: readonly Claimant[],
  held: ReadonlyMap<number, PodName>,
  foreign: ReadonlySet<number>,
): Assignment {
  const assigned = new Map<number, PodName>();
  const refused: { claimant: Claimant; reason: "range-full" | "same-name" }[] = [];
  const holders = new Map(Array.from(held.values(), (pod) => [pod.name, formatPod(pod)]));
  // Where to go on looking, by where a range begins: all below is taken.
  const next = new Map<number, number>();
  for (const claimant of claimants) {
    const { pod, rangeStart, rangeEnd } = claimant;
    const holder = holders.get(pod.name);
    if (holder === formatPod(pod)) continue;
    if (holder !== undefined) {
      refused.push({ claimant, reason: "same-name" });
      continue;
    }
    let index = next.get(rangeStart) ?? rangeStart;
    while (index <= rangeEnd && (held.has(index) || assigned.has(index) || foreign.has(index))) index += 1;
    next.set(rangeStart, index);
    if (index > rangeEnd) {
      refused.push({ claimant, reason: "range-full" });
      continue;
    }
    assigned.set(index, pod);
    holders.set(pod.name, formatPod(pod));
  }
  return { assigned, refused };
}
