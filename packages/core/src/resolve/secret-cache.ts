import { LRUCache } from "lru-cache";
import type { SecretRecord } from "../provider/secret-outcome.js";
import { timerDelay } from "../util/timer-delay.js";
import { SecretValue } from "../value/secret-value.js";
import type { CacheOptions } from "./resolver-options.js";

interface Entry {
  readonly record: SecretRecord;
  readonly freshUntil: number;
  readonly staleUntil: number;
}

/** Keeps records in memory, bounded in time, number and bytes. */
export interface SecretCache {
  /** Another after each {@link clear}; what was read before it is not kept after it. */
  readonly epoch: number;
  /** How many records it holds. */
  readonly size: number;
  /** A record that may be served without asking its store. */
  fresh(key: string): SecretRecord | undefined;
  /** A record that may be served only because its store does not answer. */
  stale(key: string): SecretRecord | undefined;
  /**
   * @param epoch when its reading began
   * @param notAfter when it is to be forgotten at the latest, in milliseconds since the epoch
   */
  store(key: string, record: SecretRecord, epoch: number, notAfter?: number): void;
  delete(key: string): void;
  clear(): void;
}

export function createSecretCache(options: Required<CacheOptions>): SecretCache {
  const { ttlMs, staleIfErrorMs, maxEntries, maxBytes } = options;
  const entries = new LRUCache<string, Entry>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: ({ record }) => Math.max(1, sizeOf(record)),
  });
  let epoch = 0;
  let sweeping: NodeJS.Timeout | undefined;

  function lookUp(key: string, until: "freshUntil" | "staleUntil"): SecretRecord | undefined {
    const entry = entries.get(key);
    return entry !== undefined && Date.now() < entry[until] ? entry.record : undefined;
  }

  /** Values past their use leave memory, also those that nobody asks for again. */
  function sweep(): void {
    sweeping = undefined;
    const now = Date.now();
    for (const [key, { staleUntil }] of Array.from(entries.entries()))
      if (staleUntil <= now) entries.delete(key);
    if (entries.size > 0) sweepLater();
  }

  function sweepLater(): void {
    sweeping ??= setTimeout(sweep, timerDelay(ttlMs + staleIfErrorMs)).unref();
  }

  return {
    get epoch() {
      return epoch;
    },
    get size() {
      return entries.size;
    },
    fresh: (key) => lookUp(key, "freshUntil"),
    stale: (key) => (staleIfErrorMs === 0 ? undefined : lookUp(key, "staleUntil")),
    store: (key, record, readIn, notAfter = Infinity) => {
      // A lease belongs to whoever took it.
      if (record.lease !== undefined || readIn !== epoch) return;
      const now = Date.now();
      const expiresAt = Math.min(record.expiresAt ?? Infinity, notAfter);
      const freshUntil = Math.min(now + ttlMs, expiresAt);
      const staleUntil = Math.min(now + ttlMs + staleIfErrorMs, expiresAt);
      if (staleUntil <= now) return;
      entries.set(key, { record, freshUntil, staleUntil });
      sweepLater();
    },
    delete: (key) => entries.delete(key),
    clear: () => {
      epoch += 1;
      entries.clear();
      clearTimeout(sweeping);
      sweeping = undefined;
    },
  };
}

function sizeOf({ value }: SecretRecord): number {
  if (SecretValue.isInstance(value)) return value.byteLength;
  let size = 0;
  for (const field of value.values()) size += field.byteLength;
  return size;
}
