import type { SecretValue } from "../value/secret-value.js";
import type { Failure } from "./secret-outcome.js";

/** What is to be written. */
export interface PutRequest {
  readonly path: string;
  readonly value: SecretValue;
  /**
   * Write only if the path is absent, or still at this version; unconditionally when absent. `best-effort` is content
   * with a store that cannot exclude a second writer, and takes the certainty of one that can.
   */
  readonly condition?: { readonly ifAbsent: true | "best-effort" } | { readonly ifVersion: string };
  /** A repetition with the same key answers as the first try did instead of writing again. */
  readonly idempotencyKey?: string;
}

/**
 * `exists`: `ifAbsent` was asked and somebody else's value stands; ours was not written. `conflict`, where that was
 * asked as `best-effort`: somebody else wrote at the same time, and which of the two values stands is not known.
 */
export type PutOutcome =
  | { readonly status: "created" | "updated" | "exists"; readonly version?: string }
  | Failure;

/** What is to be deleted: the secret at `path`, or only if it is still at `ifVersion`. */
export interface DeleteRequest {
  readonly path: string;
  readonly ifVersion?: string;
}

/** What became of a deletion. */
export type DeleteOutcome = { readonly status: "deleted" } | Failure;
