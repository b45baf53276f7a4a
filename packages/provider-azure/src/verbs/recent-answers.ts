import type { PutOutcome } from "@sluice/core";

const MOST = 1000;

/**
 * Answers to writes by idempotency key: the last 1000 of this provider. Key Vault itself knows no such keys, so a
 * repetition in another process writes again: another version with the same value.
 */
export class RecentAnswers {
  readonly #answers = new Map<string, PutOutcome>();
  readonly #underWay = new Map<string, Promise<unknown>>();

  /** Answers as the first call with this key did; of concurrent ones each waits for the one before it. */
  async once(key: string | undefined, write: () => Promise<PutOutcome>): Promise<PutOutcome> {
    if (key === undefined) return write();
    const before = this.#underWay.get(key);
    const turn = Promise.resolve(before).then(async () => this.#answers.get(key) ?? this.#first(key, write));
    // Whoever waits cares only that it is over.
    const over = turn.catch(() => undefined);
    this.#underWay.set(key, over);
    try {
      return await turn;
    } finally {
      if (this.#underWay.get(key) === over) this.#underWay.delete(key);
    }
  }

  async #first(key: string, write: () => Promise<PutOutcome>): Promise<PutOutcome> {
    const outcome = await write();
    // A failure is not remembered: a repetition may succeed.
    if ("reason" in outcome) return outcome;
    this.#answers.set(key, outcome);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST && oldest !== undefined) this.#answers.delete(oldest);
    return outcome;
  }
}
