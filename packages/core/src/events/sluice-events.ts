import type { FailureStatus } from "../provider/secret-outcome.js";

/**
 * Every event and what it carries. References and names, never values. Packages add theirs by declaration
 * merging: `declare module "@sluice/core" { interface SluiceEvents { "pod-mutated": … } }`.
 */
export interface SluiceEvents {
  "secret-resolved": SecretResolvedEvent;
  "secret-failed": SecretFailedEvent;
  "secret-changed": SecretChangedEvent;
  "provider-called": ProviderCalledEvent;
  "store-listed": StoreListedEvent;
  "retry-scheduled": RetryScheduledEvent;
  "lease-renewed": LeaseKeptEvent;
  "lease-renewal-failed": LeaseRenewalFailedEvent;
  "lease-expiring": LeaseKeptEvent;
  "lease-lost": LeaseLostEvent;
  "lease-revoked": LeaseRevokedEvent;
  "listener-failed": ListenerFailedEvent;
}

interface SecretEvent {
  /** Canonical form. */
  readonly reference: string;
  readonly store: string;
  /** `self`, or the subject of the delegated identity. */
  readonly identity: string;
  readonly traceId: string;
}

/** A secret was found. */
export interface SecretResolvedEvent extends SecretEvent {
  readonly version?: string;
  /** `cache`: no call was needed. `shared`: another request's call served this one too. */
  readonly source: "provider" | "cache" | "shared" | "stale";
}

/** A secret could not be had. */
export interface SecretFailedEvent extends SecretEvent {
  readonly status: FailureStatus;
  readonly reason: string;
}

/** A watched secret has another value, or is gone. */
export interface SecretChangedEvent {
  readonly reference: string;
  readonly store: string;
  readonly kind: "changed" | "deleted";
  readonly version?: string;
}

/** One try of one batch at one store has ended. */
export interface ProviderCalledEvent {
  readonly store: string;
  readonly provider: string;
  readonly identity: string;
  /** Requests in the call, and how many of them were found. */
  readonly requests: number;
  readonly found: number;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly durationMs: number;
  readonly traceId: string;
}

/** A listing is over: it ended, failed, or was left. */
export interface StoreListedEvent {
  readonly store: string;
  readonly provider: string;
  readonly identity: string;
  readonly pages: number;
  readonly items: number;
  /** Whether it saw everything it was asked for. */
  readonly complete: boolean;
  readonly durationMs: number;
  readonly traceId: string;
}

/** A batch will be tried again. */
export interface RetryScheduledEvent {
  readonly store: string;
  readonly requests: number;
  /** The attempt that will follow. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly traceId: string;
}

interface LeaseEvent {
  readonly store: string;
  readonly leaseId: string;
}

/** `lease-expiring`: it is renewed no more, and still lives until `endsAt`, which is the time to read again. */
export interface LeaseKeptEvent extends LeaseEvent {
  /** Canonical forms of the references whose values it stands behind. */
  readonly references: readonly string[];
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

/** It is tried again until the lease ends, unless the store says that there is no such lease. */
export interface LeaseRenewalFailedEvent extends LeaseKeptEvent {
  readonly status: FailureStatus;
  readonly reason: string;
  /** 1 for the first try of this renewal. */
  readonly attempt: number;
}

/** It is over, and so is what was issued with it: what is still needed has to be read again. */
export interface LeaseLostEvent extends LeaseKeptEvent {
  /** `ended` when it came to its end after `lease-expiring`, otherwise why it could not be renewed. */
  readonly reason: "ended" | FailureStatus;
}

/** A lease was given back, or could not be. */
export interface LeaseRevokedEvent extends LeaseEvent {
  readonly outcome: "revoked" | FailureStatus;
}

/** A listener of the bus threw. */
export interface ListenerFailedEvent {
  /** Name of the event whose listener threw. */
  readonly event: string;
  /** Code or class of what it threw; its message may quote anything and is left out. */
  readonly errorName: string;
}
