import { unlessAborted } from "../util/unless-aborted.js";

interface Offer<Item> {
  readonly item: Item;
  readonly taken: () => void;
}

/** Passes items from many givers to one taker. A giver waits for the taker, so that nothing piles up. */
export class HandOver<Item> {
  readonly #offers: Offer<Item>[] = [];
  #arrival = Promise.withResolvers<void>();
  #failure: { readonly thrown: unknown } | undefined;

  /** Resolves when the item was taken. Rejects with the signal's reason when it aborts. */
  async give(item: Item, signal: AbortSignal): Promise<void> {
    const taken = Promise.withResolvers<void>();
    this.#offers.push({ item, taken: taken.resolve });
    this.#arrival.resolve();
    await unlessAborted(signal, taken.promise);
  }

  /** What the next {@link take} rejects with, once nothing is left to take. */
  fail(thrown: unknown): void {
    this.#failure ??= { thrown };
    this.#arrival.resolve();
  }

  /** The item that was given first. Rejects with the signal's reason when it aborts. */
  async take(signal: AbortSignal): Promise<Item> {
    for (;;) {
      const offer = this.#offers.shift();
      if (offer !== undefined) {
        offer.taken();
        return offer.item;
      }
      if (this.#failure !== undefined) throw this.#failure.thrown;
      this.#arrival = Promise.withResolvers();
      await unlessAborted(signal, this.#arrival.promise);
    }
  }
}
