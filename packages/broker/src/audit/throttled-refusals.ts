import type { EventBus } from "@sluice/core";
import { LRUCache } from "lru-cache";

interface Refusals {
  readonly remoteAddress: string;
  readonly reason: string;
  connections: number;
}

/** For how long refusals of one address are told together, in milliseconds. */
const TOGETHER_MS = 5_000;
const MOST_ADDRESSES = 1_000;

/**
 * Tells of connections that are refused: of the first of an address at once, of those that follow together, for a
 * flood of them must not become one of the log.
 */
export class ThrottledRefusals implements Disposable {
  readonly #held: LRUCache<string, Refusals>;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly events: EventBus,
    togetherMs: number = TOGETHER_MS,
  ) {
    this.#held = new LRUCache({
      max: MOST_ADDRESSES,
      dispose: (refusals, _, why) => {
        if (why === "evict") this.#tell(refusals);
      },
    });
    this.#timer = setInterval(() => this.flush(), togetherMs).unref();
  }

  add(remoteAddress: string, reason: string): void {
    const key = `${reason} ${remoteAddress}`;
    const held = this.#held.get(key);
    if (held !== undefined) {
      held.connections += 1;
      return;
    }
    this.#tell({ remoteAddress, reason, connections: 1 });
    this.#held.set(key, { remoteAddress, reason, connections: 0 });
  }

  /** Tells of everything held back. */
  flush(): void {
    const held = Array.from(this.#held.values());
    this.#held.clear();
    for (const refusals of held) this.#tell(refusals);
  }

  #tell(refusals: Refusals): void {
    if (refusals.connections > 0) this.events.emit("connections-refused", { ...refusals });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.flush();
  }
}
