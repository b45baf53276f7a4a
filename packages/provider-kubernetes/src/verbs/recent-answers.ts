import type { PutOutcome } from "@sluice/core";
import { isFailure } from "../failure/failing.js";

const MOST = 1000;

/** Answers to writes by idempotency key, the last 1000, those under way among them. */
export class RecentAnswers {
  readonly #answers = new Map<string, Promise<PutOutcome>>();

  /** The answer of an earlier write with this key that succeeded, or else of `write`. */
  async once(key: string | undefined, write: () => Promise<PutOutcome>): Promise<PutOutcome> {
    if (key === undefined) return write();
    for (let known = this.#answers.get(key); known !== undefined; known = this.#answers.get(key)) {
      const outcome = await known.catch(() => undefined);
      if (outcome !== undefined && !isFailure(outcome)) return outcome;
      // A failure is not remembered: nothing was written, and a repetition may succeed.
      if (this.#answers.get(key) === known) this.#answers.delete(key);
    }
    const own = write();
    this.#answers.set(key, own);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST && oldest !== undefined) this.#answers.delete(oldest);
    return own;
  }
}
