import { identityKey, type ProviderContext, type PutOutcome, type PutRequest } from "@sluice/core";
import { RecentlyUsed } from "../aws/recently-used.js";
import { isFailure } from "../failure/failures.js";

const MOST = 1000;

/** Answers to writes by idempotency key: the last 1000. */
export class RecentAnswers {
  readonly #answers = new RecentlyUsed<PutOutcome>(MOST);

  /** Writes, unless a write with the same key was answered. A failure is not remembered: a repetition may succeed. */
  async once(
    { path, idempotencyKey }: PutRequest,
    { signal, identity }: ProviderContext,
    write: () => Promise<PutOutcome>,
  ): Promise<PutOutcome> {
    signal.throwIfAborted();
    if (idempotencyKey === undefined) return write();
    const key = JSON.stringify([identityKey(identity), path, idempotencyKey]);
    const answered = this.#answers.get(key);
    if (answered) return answered;
    const outcome = await write();
    if (!isFailure(outcome)) this.#answers.set(key, outcome);
    return outcome;
  }
}
