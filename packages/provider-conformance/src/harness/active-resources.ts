import { comesTrue, SOON_MS } from "./timing.js";

/** How many of each kind keep this process running: sockets, timers, watchers, calls to the file system. */
export type ActiveResources = ReadonlyMap<string, number>;

/** Rounds, and how many of them must have left something: timers come and go in any process. */
const ROUNDS = 12;
const CERTAIN = 8;

/** What keeps this process running now. */
export function activeResources(): ActiveResources {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** The kinds of which there are at least `by` more now than there were. */
export function grownBy(by: number, before: ActiveResources): readonly string[] {
  return Array.from(activeResources())
    .filter(([kind, count]) => count - (before.get(kind) ?? 0) >= by)
    .map(([kind]) => kind);
}

/** The kinds of which every round leaves one more. What the first round leaves is what is kept for all. */
export async function leftBy(round: () => Promise<void>): Promise<readonly string[]> {
  await round();
  const before = activeResources();
  for (let count = 0; count < ROUNDS; count++) await round();
  await comesTrue(SOON_MS, () => grownBy(CERTAIN, before).length === 0);
  return grownBy(CERTAIN, before);
}
