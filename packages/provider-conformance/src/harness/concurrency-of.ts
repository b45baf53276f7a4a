import type { Subject } from "../subject.js";

/** As many calls as the resolver makes at once. */
const RESOLVER_CONCURRENCY = 8;

/** How many calls to make at once. */
export function concurrencyOf({ store }: Subject): number {
  return Math.min(RESOLVER_CONCURRENCY, store.capabilities.maxConcurrency ?? RESOLVER_CONCURRENCY);
}
