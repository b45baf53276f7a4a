import { TokenBucket } from "limiter";
import { LRUCache } from "lru-cache";
import { refuse } from "../refusals.js";

/** How many requests one namespace may send. */
export interface RateOptions {
  /** Requests of one namespace in a second, over time. */
  readonly perSecond: number;
  /** Requests at once, such as of a deployment that starts. */
  readonly burst: number;
}

/** Fits a deployment of a thousand pods that starts at once. */
export const DEFAULT_RATE: RateOptions = { perSecond: 50, burst: 1_000 };

/** A namespace that was idle for that long has a full bucket again, and needs no memory. */
const MOST_NAMESPACES = 10_000;

/** Keeps one namespace from taking the broker from all others: a token bucket each. */
export class NamespaceRate {
  readonly #buckets = new LRUCache<string, TokenBucket>({ max: MOST_NAMESPACES });

  constructor(private readonly options: RateOptions) {}

  /** Counts a request. @throws ProblemError `too-many-requests` with the time to wait. */
  take(namespace: string): void {
    const bucket = this.#bucketOf(namespace);
    if (bucket.tryRemoveTokens(1)) return;
    const retryAfterSeconds = Math.max(1, Math.ceil(bucket.getWaitTime(1) / 1000));
    throw refuse("too-many-requests", `Namespace ${namespace} asks too often`, { retryAfterSeconds });
  }

  #bucketOf(namespace: string): TokenBucket {
    const known = this.#buckets.get(namespace);
    if (known !== undefined) return known;
    const { burst, perSecond } = this.options;
    const bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: perSecond, interval: "second" });
    bucket.content = burst;
    this.#buckets.set(namespace, bucket);
    return bucket;
  }
}
