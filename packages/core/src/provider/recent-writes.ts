import { unlessAborted } from "../util/unless-aborted.js";
import { identityKey } from "./identity.js";
import type { ProviderContext } from "./provider-context.js";
import type { PutOutcome, PutRequest } from "./put.js";

const MOST = 1000;

/**
 * The last 1000 writes of a provider that had an `idempotencyKey`, for stores that know no such keys: a repetition is
 * answered as the first was. In another process it writes again.
 */
export class RecentWrites {
  readonly #answers = new Map<string, Promise<PutOutcome>>();

  /**
   * The answer to an earlier write to this path, for the same identity and with the same key, also if that is still
   * under way; else that of `write`. A failure is not remembered: a repetition may succeed. Rejects with the
   * signal's reason when that aborts while somebody else writes.
   */
  async once(
    { path, idempotencyKey }: PutRequest,
    { identity, signal }: Pick<ProviderContext, "identity" | "signal">,
    write: () => Promise<PutOutcome>,
  ): Promise<PutOutcome> {
    signal.throwIfAborted();
    if (idempotencyKey === undefined) return write();
    const key = JSON.stringify([identityKey(identity), path, idempotencyKey]);
    for (let known = this.#answers.get(key); known !== undefined; known = this.#answers.get(key)) {
      const outcome = await unlessAborted(signal, settled(known));
      if (outcome !== undefined && !("reason" in outcome)) return outcome;
      if (this.#answers.get(key) === known) this.#answers.delete(key);
    }
    const own = write();
    this.#answers.set(key, own);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST && oldest !== undefined) this.#answers.delete(oldest);
    return own;
  }
}

/** What ended for its own caller alone, by that one's signal, is no answer to another. */
async function settled(write: Promise<PutOutcome>): Promise<PutOutcome | undefined> {
  return write.catch(() => undefined);
}
