import type { OutputKind } from "./sync-spec.js";

/** What is remembered of the last sync of an object. */
export interface SyncMemory {
  /** Milliseconds since the epoch, when values were last brought into the outputs, or found there. */
  readonly lastSyncAt?: number;
  /** What the outputs are made of. */
  readonly observed: readonly ObservedSecret[];
  readonly outputs: readonly OutputMemory[];
}

/** A secret that went into an output, and its version. */
export interface ObservedSecret {
  /** Canonical form. */
  readonly reference: string;
  readonly version?: string;
}

/** What is remembered of an output. */
export interface OutputMemory {
  readonly kind: OutputKind;
  readonly name: string;
  readonly uid: string;
  /** Of the state that was written, or found to be right. */
  readonly resourceVersion: string;
  /** Keyed hash of all that it should be. */
  readonly hash: string;
  /** Generation of the object that asked, when it was written. */
  readonly generation: number;
  readonly keys: readonly string[];
}

/** What became of a sync. */
export interface SyncReport extends SyncMemory {
  /** Whether the outputs are there, with what the stores last gave. */
  readonly ready: Verdict;
  /** Whether the last look at the stores, and the last write, succeeded. */
  readonly synced: Verdict;
  /** When values that wait for a window are brought, in milliseconds since the epoch. */
  readonly nextSyncAt?: number;
}

/** Whether a condition holds, and why. */
export interface Verdict {
  readonly holds: boolean;
  /** One CamelCase word for programs. */
  readonly reason: SyncReason;
  /** For people; never a value. */
  readonly message: string;
}

/** Why a sync is as it is. */
export type SyncReason = (typeof SYNC_REASONS)[number];

/** Every reason; docs/sync.md says what each means. */
export const SYNC_REASONS = [
  "Synced",
  "Retained",
  "WaitingForWindow",
  "Suspended",
  "InvalidSpec",
  "InvalidKey",
  "KeyConflict",
  "TemplateFailed",
  "UnknownStore",
  "StoreInvalid",
  "StoreSuspended",
  "NotAuthorized",
  "NotFound",
  "Denied",
  "InvalidSecret",
  "Disabled",
  "Expired",
  "Throttled",
  "Unavailable",
  "Unsupported",
  "LeaseRefused",
  "DeletionStopped",
  "Foreign",
  "TargetMissing",
  "TypeConflict",
  "Immutable",
  "Terminating",
  "Conflict",
  "Contested",
  "Forbidden",
  "Rejected",
  "ClusterUnavailable",
  "Failed",
  "NeverSynced",
] as const;
