import type { SecretValue } from "../value/secret-value.js";

/** What became of one request. Never a rejection for one item: a provider rejects only when it is aborted. */
export type SecretOutcome = SecretFound | SecretFailure;

/** A secret as its store holds it. */
export interface SecretRecord {
  /** The bytes, or named bytes where the store keeps several under one path. */
  readonly value: SecretValue | ReadonlyMap<string, SecretValue>;
  /** Opaque; changes whenever the value does, and tells nothing of it. */
  readonly version?: string;
  /**
   * Opaque, for stores whose listing knows no versions: equals what is listed as long as nothing changes. Left out
   * while a later change could still have the same.
   */
  readonly etag?: string;
  /** Milliseconds since the epoch, as the following two. */
  readonly createdAt?: number;
  readonly updatedAt?: number;
  readonly expiresAt?: number;
  readonly contentType?: string;
  /** Present when reading it issued a lease; such a record is never cached or shared. */
  readonly lease?: SecretLease;
}

/** For how long an issued secret is good. */
export interface SecretLease {
  readonly id: string;
  /** Milliseconds it lasts from now, and at most with renewals. */
  readonly ttlMs: number;
  readonly renewable: boolean;
  readonly maxTtlMs?: number;
}

/** The outcome of a request that found its secret, by the id of the request. */
export interface SecretFound extends SecretRecord {
  readonly id: string;
  readonly status: "found";
}

/**
 * - `not-found`: the store answered with authority that there is no such secret.
 * - `denied`: the store knows us and refuses, or does not know us.
 * - `invalid`: the request, or what the store holds, makes no sense; trying again does not help.
 * - `disabled`, `expired`: it exists and must not be used.
 * - `throttled`: nothing was done; try again, not before `retryAfterMs`.
 * - `unavailable`: no answer, or not in time; whether something was done is unknown.
 * - `conflict`: a condition of a write did not hold.
 * - `unsupported`: this provider cannot do that.
 */
export type FailureStatus =
  | "not-found"
  | "denied"
  | "invalid"
  | "disabled"
  | "expired"
  | "throttled"
  | "unavailable"
  | "conflict"
  | "unsupported";

/** Every status of an outcome that is a failure. */
export const FAILURE_STATUSES: readonly FailureStatus[] = [
  "not-found",
  "denied",
  "invalid",
  "disabled",
  "expired",
  "throttled",
  "unavailable",
  "conflict",
  "unsupported",
];

/** Why something failed. Texts never hold a value. */
export interface Failure {
  readonly status: FailureStatus;
  /** Machine-readable and open: `file-missing`, `AccessDeniedException`. */
  readonly reason: string;
  /** For people: what, where and why, one sentence without its full stop. */
  readonly message?: string;
  /** For people: what to do. */
  readonly remedy?: string;
  /** With `throttled`: how long the store asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** The outcome of a request that found nothing, by the id of the request. */
export interface SecretFailure extends Failure {
  readonly id: string;
}
