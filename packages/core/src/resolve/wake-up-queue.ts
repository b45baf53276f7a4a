import { unlessAborted } from "../util/unless-aborted.js";

/** Names that want attention, each once however often it was pushed before it is taken. */
export class WakeUpQueue {
  #names = new Set<string>();
  #wake = Promise.withResolvers<void>();

  push(names: Iterable<string>): void {
    for (const name of names) this.#names.add(name);
    if (this.#names.size > 0) this.#wake.resolve();
  }

  /** Waits until there are names, and takes them all. Rejects with the signal's reason when it aborts. */
  async take(signal: AbortSignal): Promise<ReadonlySet<string>> {
    await unlessAborted(signal, this.#wake.promise);
    const names = this.#names;
    this.#names = new Set();
    this.#wake = Promise.withResolvers();
    return names;
  }
}
