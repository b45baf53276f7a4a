import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** Follows events until the test is over. */
export class Follower<Event> {
  readonly #events: AsyncIterator<Event>;
  readonly #controller = new AbortController();

  constructor(start: (signal: AbortSignal) => AsyncIterable<Event>) {
    this.#events = start(this.#controller.signal)[Symbol.asyncIterator]();
    onTestFinished(() => this.#controller.abort());
  }

  /** The next event; throws when there is none for 20 seconds. */
  async next(): Promise<Event> {
    const over = new AbortController();
    const late = sleep(20_000, undefined, { signal: over.signal }).then(() => {
      throw new Error("no event");
    });
    try {
      const step = await Promise.race([this.#events.next(), late]);
      if (step.done === true) throw new Error("ended");
      return step.value;
    } finally {
      // Ends the timer; that it did is no news.
      late.catch(() => undefined);
      over.abort();
    }
  }

  /** What the iteration comes to after an abort with this reason. */
  async abort(reason: Error): Promise<IteratorResult<Event>> {
    const pending = this.#events.next();
    this.#controller.abort(reason);
    return pending;
  }
}
