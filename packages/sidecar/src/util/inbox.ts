import { pause } from "./pause.js";

/** Gathers what many givers put, without doubles, for one taker. */
export class Inbox<Item> {
  #items = new Set<Item>();
  #arrival = Promise.withResolvers<void>();

  put(item: Item): void {
    this.#items.add(item);
    this.#arrival.resolve();
  }

  /** Waits until something is there, or at most so many milliseconds. Rejects with the signal's reason when it aborts. */
  async wait(signal: AbortSignal, mostMs: number = 2 ** 31 - 1): Promise<void> {
    signal.throwIfAborted();
    const enough = new AbortController();
    const bounded = AbortSignal.any([signal, enough.signal]);
    // Both settle when something has come, or none is left to.
    void this.#arrival.promise.then(() => enough.abort());
    await pause(mostMs, bounded).catch(() => signal.throwIfAborted());
  }

  take(): ReadonlySet<Item> {
    const items = this.#items;
    this.#items = new Set();
    this.#arrival = Promise.withResolvers();
    return items;
  }
}
