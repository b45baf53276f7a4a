import { setTimeout as sleep } from "node:timers/promises";

/** What the specification calls soon, in milliseconds. */
export const SOON_MS = 2000;

/** Longest until a watch has told a change, in milliseconds. */
export const TOLD_MS = 30_000;

/** What {@link within} gives when time is up. */
export const LATE: unique symbol = Symbol("late");

/** The promise's result, or {@link LATE} after `ms` milliseconds. */
export async function within<Result>(ms: number, promise: Promise<Result>): Promise<Result | typeof LATE> {
  const over = new AbortController();
  try {
    return await Promise.race([promise, sleep(ms, LATE, { signal: over.signal })]);
  } finally {
    over.abort();
  }
}

/** Whether the condition came true within `ms` milliseconds. */
export async function comesTrue(ms: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const until = Date.now() + ms; !(await condition()); await sleep(5))
    if (Date.now() > until) return false;
  return true;
}
