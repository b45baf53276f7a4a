import { LRUCache } from "lru-cache";
import type { SecretRecord } from "../provider/secret-outcome.js";
import { SecretValue } from "../value/secret-value.js";
import type { CacheOptions } from "./resolver-options.js";

interface Entry {
  readonly record: SecretRecord;
  readonly freshUntil: number;
}

/** Keeps records in memory, bounded in time, number and bytes. */
export interface SecretCache {
  /** A record that may be served without asking its store. */
  fresh(key: string): SecretRecord | undefined;
  /** A record that may be served only because its store does not answer. */
  stale(key: string): SecretRecord | undefined;
  store(key: string, record: SecretRecord): void;
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

  /** Drops what may not even be served stale, so that no value outlives its use. */
  function lookUp(key: string, until: (entry: Entry) => number): SecretRecord | undefined {
    const entry = entries.get(key);
    return entry !== undefined && Date.now() < until(entry) ? entry.record : undefined;
  }

  return {
    fresh: (key) => lookUp(key, ({ freshUntil }) => freshUntil),
    stale: (key) =>
      staleIfErrorMs === 0
        ? undefined
        : lookUp(key, ({ freshUntil, record }) =>
            Math.min(freshUntil + staleIfErrorMs, record.expiresAt ?? Infinity),
          ),
    store: (key, record) => {
      // A lease belongs to whoever took it.
      if (record.lease !== undefined) return;
      const freshUntil = Math.min(Date.now() + ttlMs, record.expiresAt ?? Infinity);
      const ttl = freshUntil + staleIfErrorMs - Date.now();
      if (ttl > 0) entries.set(key, { record, freshUntil }, { ttl });
    },
    delete: (key) => entries.delete(key),
    clear: () => entries.clear(),
  };
}

function sizeOf({ value }: SecretRecord): number {
  if (SecretValue.isInstance(value)) return value.byteLength;
  let size = 0;
  for (const field of value.values()) size += field.byteLength;
  return size;
}
