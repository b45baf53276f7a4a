import { isFree, type LedgerEntry, type LedgerMark, podKey, type PodName } from "./ledger-entry.js";

/** A pod that wants a number. */
export interface Claimant {
  readonly pod: PodName;
  readonly rangeStart: number;
  /** Included. */
  readonly rangeEnd: number;
}

/** What is known when a round of work is planned. */
export interface RoundState {
  readonly held: ReadonlyMap<number, LedgerEntry>;
  /** Pods that want a number, by {@link podKey}. */
  readonly claimants: ReadonlyMap<string, Claimant>;
  /** Numbers that the store has and no ledger of ours, with the name of the pod that has it where that was read. */
  readonly foreign: ReadonlyMap<number, string | undefined>;
  /** Whether every pod of a namespace is known, so that one that is not may be gone. */
  readonly knows: (namespace: string) => boolean;
  /** Pods that were looked for a moment ago and are there, by {@link podKey}. */
  readonly alive: ReadonlySet<string>;
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Most numbers to begin work on. */
  readonly most: number;
}

/** A claimant for whom there is no number. */
export interface RefusedClaim {
  readonly claimant: Claimant;
  readonly reason: "range-full" | "same-name";
}

export interface Round {
  /** What the ledger is to say. */
  readonly change: ReadonlyMap<number, LedgerEntry>;
  /** Numbers to put into the store. */
  readonly claim: readonly number[];
  /** Numbers to take out of it, and whether it is certain that what is there is ours. */
  readonly release: readonly { readonly index: number; readonly certain: boolean }[];
  readonly refused: readonly RefusedClaim[];
  /** Whether there is more to do later: others are at work, or it was too much for one round. */
  readonly pending: boolean;
}

/**
 * What to do next, once the ledger says that we are at it: claims for pods without a number, each the lowest that is
 * free in its range, and releases of those whose pod is not known.
 *
 * What is in the store is a pod's name alone, by which its reader finds it. So of pods of one name in several
 * namespaces the first is given a number, and the others none.
 */
export function planRound(state: RoundState): Round {
  const { held, claimants, knows, alive, by, now, most } = state;
  const mark = (work: LedgerMark["work"]): LedgerMark => ({ work, by, at: now });
  const change = new Map<number, LedgerEntry>();
  const claim: number[] = [];
  const release: { index: number; certain: boolean }[] = [];
  let pending = false;
  for (const [index, entry] of held) {
    const wanted = claimants.has(podKey(entry.pod));
    const isSettled = entry.mark === undefined;
    const goes = !wanted && knows(entry.pod.namespace) && !alive.has(podKey(entry.pod));
    if (isSettled && !goes) continue;
    if (!isFree(entry, by, now) || change.size >= most) {
      pending = true;
      continue;
    }
    // A release that nobody ended is ended, though the pod be there again: what the store has is not known.
    if (entry.mark?.work === "releasing" || goes) {
      change.set(index, { pod: entry.pod, mark: mark("releasing") });
      release.push({ index, certain: isSettled });
    } else if (wanted) {
      change.set(index, { pod: entry.pod, mark: mark("claiming") });
      claim.push(index);
    }
  }
  const { assigned, adopted, refused, left } = assign(state, most - change.size);
  for (const [index, pod] of adopted) change.set(index, { pod });
  for (const [index, pod] of assigned) change.set(index, { pod, mark: mark("claiming") });
  claim.push(...assigned.keys());
  return { change, claim, release, refused, pending: pending || left };
}

interface Assignment {
  /** New numbers. */
  readonly assigned: ReadonlyMap<number, PodName>;
  /** Numbers that the store has for the pod already. */
  readonly adopted: ReadonlyMap<number, PodName>;
  readonly refused: readonly RefusedClaim[];
  /** Whether there were more claimants than places. */
  readonly left: boolean;
}

function assign({ held, claimants, foreign }: RoundState, most: number): Assignment {
  const assigned = new Map<number, PodName>();
  const adopted = new Map<number, PodName>();
  const refused: RefusedClaim[] = [];
  const holders = new Map(Array.from(held.values(), ({ pod }) => [pod.name, podKey(pod)]));
  const known = new Map(Array.from(foreign, ([index, name]) => [name, index]));
  // Where to go on looking, by where a range begins: all below is taken.
  const next = new Map<number, number>();
  const isTaken = (index: number): boolean => held.has(index) || assigned.has(index) || foreign.has(index);
  for (const [key, claimant] of claimants) {
    const { pod, rangeStart, rangeEnd } = claimant;
    const holder = holders.get(pod.name);
    if (holder === key) continue;
    if (holder !== undefined) {
      refused.push({ claimant, reason: "same-name" });
      continue;
    }
    if (assigned.size + adopted.size >= most) return { assigned, adopted, refused, left: true };
    const old = known.get(pod.name);
    if (old !== undefined && old >= rangeStart && old <= rangeEnd) {
      adopted.set(old, pod);
      holders.set(pod.name, key);
      continue;
    }
    let index = next.get(rangeStart) ?? rangeStart;
    while (index <= rangeEnd && isTaken(index)) index += 1;
    next.set(rangeStart, index);
    if (index > rangeEnd) {
      refused.push({ claimant, reason: "range-full" });
      continue;
    }
    assigned.set(index, pod);
    holders.set(pod.name, key);
  }
  return { assigned, adopted, refused, left: false };
}
