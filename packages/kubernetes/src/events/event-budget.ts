/** How many new events there may be about one object: `burst` at once, then one every `everyMs` milliseconds. */
export class EventBudget {
  readonly #burst: number;
  readonly #everyMs: number;
  readonly #most: number;
  readonly #spent = new Map<string, { tokens: number; at: number }>();

  /** @param most objects that are remembered; the one longest unheard of is forgotten first */
  constructor({ burst, everyMs, most }: { burst: number; everyMs: number; most: number }) {
    this.#burst = burst;
    this.#everyMs = everyMs;
    this.#most = most;
  }

  /** Whether there may be one more about this object now, which then counts. */
  take(object: string, now: number): boolean {
    const { tokens, at } = this.#spent.get(object) ?? { tokens: this.#burst, at: now };
    const left = Math.min(this.#burst, tokens + (now - at) / this.#everyMs);
    this.#spent.delete(object);
    this.#spent.set(object, { tokens: left >= 1 ? left - 1 : left, at: now });
    forgetOldest(this.#spent, this.#most);
    return left >= 1;
  }
}

/** Keeps the `most` entries that were set last. */
export function forgetOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
