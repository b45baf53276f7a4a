import type { Failure, SecretLease } from "../provider/secret-outcome.js";
import type { SecretReference } from "../reference/secret-reference.js";
import type { SecretValue } from "../value/secret-value.js";

/** What became of one reference. */
export type ReferenceOutcome = ResolvedReference | FailedReference;

/** A reference that was found, with its value. */
export interface ResolvedReference {
  readonly status: "found";
  /** Canonical form. */
  readonly reference: string;
  readonly store: string;
  readonly value: SecretValue;
  /** Opaque; tells nothing of the value. */
  readonly version?: string;
  /** Opaque; what a listing shows of stores whose listing knows no versions. */
  readonly etag?: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number;
  /** What was issued with it, counted from the read on. */
  readonly lease?: SecretLease;
  /** `cache`: no call was made. `shared`: another request's call. `stale`: its store does not answer. */
  readonly source: "provider" | "cache" | "shared" | "stale";
}

/** A reference that could not be had, and why. */
export interface FailedReference extends Failure {
  /** Canonical form, or as written where it cannot be read. */
  readonly reference: string;
  readonly store?: string;
}

/** A reference as text or data. With literal store names a reference to another store does not compile. */
export type ReferenceInput<Store extends string = string> = string extends Store
  ? string | SecretReference
  : `secret://${Store}/${string}` | (SecretReference & { readonly store: Store });
