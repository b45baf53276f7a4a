import type { FailureStatus } from "@sluice/core";

/**
 * What became of a wanted secret. `created`: at least one of its paths was written by us; `exists`: there was
 * nothing to do, or another generator did it.
 */
export type GeneratedOutcome =
  | { readonly status: "created"; readonly paths: readonly string[] }
  | { readonly status: "exists" }
  | GenerationFailure;

/** Why a secret is not whole. */
export interface GenerationFailure {
  readonly status: "failed";
  /** Machine-readable: `incomplete`, `unreadable`, or a failure's of the store. */
  readonly reason: string;
  /** For people: one sentence without its full stop. Never a value. */
  readonly message: string;
  /** For people: what to do. */
  readonly remedy: string;
  /** What the store said, when it was the store. */
  readonly store?: FailureStatus;
  /** Milliseconds the store asked us to wait. */
  readonly retryAfterMs?: number;
  /** Paths that were written before it failed. */
  readonly paths: readonly string[];
}
