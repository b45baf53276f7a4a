import type { PutOutcome } from "@sluice/core";

const MOST = 1000;

/** Answers to writes by idempotency key: the last 1000. */
export class RecentAnswers {
  readonly #answers = new Map<string, PutOutcome>();

  get(key: string | undefined): PutOutcome | undefined {
    return key === undefined ? undefined : this.#answers.get(key);
  }

  /** A failure is not remembered: nothing was written, and a repetition may succeed. */
  remember(key: string | undefined, outcome: PutOutcome): void {
    if (key === undefined || "reason" in outcome) return;
    this.#answers.set(key, outcome);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST && oldest !== undefined) this.#answers.delete(oldest);
  }
}
