import assert from "node:assert";
import type { WatchEvent } from "@sluice/core";
import { nameOf } from "./answered.js";
import { comesTrue, LATE, SOON_MS, TOLD_MS, within } from "./timing.js";

/** How a watch ended. */
export interface WatchEnd {
  readonly rejected: boolean;
  /** What it rejected with. */
  readonly reason?: unknown;
}

/** A watch that is being listened to. */
export class WatchSession {
  /** Everything told so far. */
  readonly events: WatchEvent[] = [];
  readonly #stopped = new AbortController();
  /** How the watch ended. */
  readonly ended: Promise<WatchEnd>;

  constructor(watch: (signal: AbortSignal) => AsyncIterable<WatchEvent>) {
    // Kept as a result: a watch may end long before anybody asks how.
    this.ended = this.#listen(watch).then(
      () => ({ rejected: false }),
      (reason: unknown) => ({ rejected: true, reason }),
    );
  }

  /** The next event from number `from` on that fits. Fails after the 30 seconds in which it must be told. */
  async told(what: string, from: number, fits: (event: WatchEvent) => boolean): Promise<WatchEvent> {
    const find = (): WatchEvent | undefined => this.events.slice(from).find(fits);
    const over = new AbortController();
    const found = comesTrue(TOLD_MS, () => over.signal.aborted || find() !== undefined);
    const end = await Promise.race([found, this.ended]);
    over.abort();
    const event = find();
    assert.ok(event, typeof end === "object" ? endingOf(end) : `the watch did not tell ${what}`);
    return event;
  }

  /** Waits until the watch stands. */
  async stands(): Promise<void> {
    await this.told("that it stands, by `resync`", 0, ({ kind }) => kind === "resync");
  }

  /** Aborts the watch, which must end soon and without rejecting. */
  async stop(): Promise<void> {
    this.#stopped.abort(new Error("The watch is not needed any more"));
    const end = await within(SOON_MS, this.ended);
    assert.ok(end !== LATE, "the watch did not end soon after its signal had aborted");
    assert.ok(!end.rejected, endingOf(end));
  }

  async #listen(watch: (signal: AbortSignal) => AsyncIterable<WatchEvent>): Promise<void> {
    for await (const event of watch(this.#stopped.signal)) this.events.push(event);
  }
}

function endingOf({ rejected, reason }: WatchEnd): string {
  return rejected ? `the watch rejected, with ${nameOf(reason)}` : "the watch ended";
}
