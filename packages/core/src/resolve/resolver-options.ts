import type { EventBus } from "../events/event-bus.js";
import type { StoreDefinition } from "../provider/define-provider.js";
import type { Identity } from "../provider/identity.js";
import type { LeaseOptions } from "./secret-leases.js";

/** What a resolver is made of; only `stores` is required. */
export interface ResolverOptions<Stores extends Readonly<Record<string, StoreDefinition>>> {
  /** Stores by the name references use for them: DNS-1123 labels. */
  readonly stores: Stores;
  /** `false` turns the cache off. */
  readonly cache?: CacheOptions | false;
  /** Time for a whole request with all its retries, in milliseconds; 30,000 by default. */
  readonly timeoutMs?: number;
  readonly retry?: RetryOptions;
  /** By default leases are not renewed, and given back on disposal. */
  readonly leases?: LeaseOptions;
  /** Calls to one store at the same time; 8 by default. */
  readonly concurrency?: number;
  /** Where events go; a bus of its own by default. */
  readonly events?: EventBus;
  /** Folder that relative paths in store options start from; the current one by default. */
  readonly baseDirectory?: string;
  /** Variables that providers may read; `process.env` by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** How long values are kept in memory. */
export interface CacheOptions {
  /** How long a value is served without asking again, in milliseconds; 300,000 by default. */
  readonly ttlMs?: number;
  /** How long beyond that it is served when its store does not answer, in milliseconds; 0 by default. */
  readonly staleIfErrorMs?: number;
  /** Most values kept of one store; 10,000 by default. The least recently used goes first. */
  readonly maxEntries?: number;
  /** Most bytes of values kept of one store; 64 MiB by default. */
  readonly maxBytes?: number;
}

/** How often and how fast a call is tried again. */
export interface RetryOptions {
  /** Tries in all, the first included; 4 by default. */
  readonly attempts?: number;
  /** Time for one try, in milliseconds; 5,000 by default. */
  readonly attemptTimeoutMs?: number;
  /** Upper bound of the first pause, in milliseconds, doubled each time; 200 by default. */
  readonly baseDelayMs?: number;
  /** Upper bound of every pause, in milliseconds; 5,000 by default. A store's Retry-After may be longer. */
  readonly maxDelayMs?: number;
}

/** Options of one request. */
export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Instead of the resolver's `timeoutMs`. */
  readonly timeoutMs?: number;
  /** On whose behalf; the provider itself by default. */
  readonly identity?: Identity;
  /** Ask the store even if the value is cached. */
  readonly fresh?: boolean;
  /** W3C `traceparent` to hand on; that of the active span where OpenTelemetry is in use. */
  readonly traceparent?: string;
}

/** What holds where nothing else is said. */
export const DEFAULTS: {
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly retry: Required<RetryOptions>;
  readonly cache: Required<CacheOptions>;
} = {
  timeoutMs: 30_000,
  concurrency: 8,
  retry: { attempts: 4, attemptTimeoutMs: 5_000, baseDelayMs: 200, maxDelayMs: 5_000 },
  cache: { ttlMs: 300_000, staleIfErrorMs: 0, maxEntries: 10_000, maxBytes: 64 * 1024 ** 2 },
};
