import type { PutOutcome } from "@sluice/core";
import { isFailure } from "../failure/refusal.js";

const MOST = 1000;

/** Answers to writes by idempotency key: the last 1000, those under way too. */
export class RecentAnswers {
  readonly #answers = new Map<string, Promise<PutOutcome>>();

  /** What the first call with this key came to, or what the work comes to. */
  async once(key: string | undefined, work: () => Promise<PutOutcome>): Promise<PutOutcome> {
    if (key === undefined) return work();
    const answered = this.#answers.get(key);
    if (answered !== undefined) {
      const [settled] = await Promise.allSettled([answered]);
      // What was aborted for its own caller is no answer for this one.
      return settled.status === "fulfilled" ? settled.value : this.once(key, work);
    }
    const answer = work();
    this.#answers.set(key, answer);
    this.#forgetOldest();
    // A failure is not remembered: a repetition may succeed.
    const forget = (): boolean => this.#answers.get(key) === answer && this.#answers.delete(key);
    try {
      const outcome = await answer;
      if (isFailure(outcome)) forget();
      return outcome;
    } catch (error) {
      forget();
      throw error;
    }
  }

  #forgetOldest(): void {
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST && oldest !== undefined) this.#answers.delete(oldest);
  }
}
