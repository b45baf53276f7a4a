/** Repairs of an output in a row that are done at once. */
const MOST_AT_ONCE = 5;
/** Milliseconds without a repair after which those before count no more. */
const QUIET_MS = 600_000;
/** First pause between two repairs beyond these, in milliseconds, doubled each time. */
const FIRST_PAUSE_MS = 60_000;
/** Longest pause, in milliseconds. */
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * How often an output is set right again that somebody keeps changing. Five times at once, for people err; after that
 * with pauses that grow up to an hour, for a program never gives in, and every write of ours would cause one of its.
 */
export class RepairLimit {
  readonly #repairs = new Map<string, { readonly count: number; readonly at: number }>();

  /** Takes one repair; or says when there may be one, in milliseconds since the epoch. */
  take(output: string, now: number): number | undefined {
    const { count, at } = this.#repairs.get(output) ?? { count: 0, at: -Infinity };
    const pause =
      count < MOST_AT_ONCE ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (count - MOST_AT_ONCE));
    if (now < at + pause) return at + pause;
    const isOver = now >= at + pause + QUIET_MS;
    this.#repairs.set(output, { count: isOver ? 1 : count + 1, at: now });
    return undefined;
  }

  /** Nobody asks for these outputs any more. */
  forget(isOne: (output: string) => boolean): void {
    for (const output of this.#repairs.keys()) if (isOne(output)) this.#repairs.delete(output);
  }
}
