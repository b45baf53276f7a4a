import type { OutputKey } from "../output/desired-output.js";
import type { SyncReason } from "../source/sync-report.js";

/** What was done to an output. */
export type OutputChange =
  | "created"
  | "adopted"
  | "updated"
  | "repaired"
  | "recreated"
  | "released"
  | "deleted";

/** An output was written. */
export interface OutputWrittenEvent {
  /** `SecretSync shop/web`. */
  readonly sync: string;
  readonly output: OutputKey;
  readonly what: OutputChange;
}

/** A sync was done, or could not be. */
export interface SyncReconciledEvent {
  readonly sync: string;
  readonly reason: SyncReason;
  /** For people; only where it could not be done. */
  readonly message?: string;
  readonly ready: boolean;
  readonly synced: boolean;
  readonly durationMs: number;
  /** Whether its status was written. */
  readonly told: boolean;
}

/** The object that asked for a sync is gone, or this replica leads no more. */
export interface SyncForgottenEvent {
  readonly sync: string;
}

/** Something besides the syncs that does not work, and is tried again. */
export interface SyncProblemEvent {
  readonly what: string;
  readonly message: string;
}

/** A workload was restarted, for so many of its secrets had changed. */
export interface WorkloadRestartedEvent {
  /** `Deployment shop/web`. */
  readonly workload: string;
  readonly changed: number;
}

declare module "@sluice/core" {
  interface SluiceEvents {
    "output-written": OutputWrittenEvent;
    "sync-reconciled": SyncReconciledEvent;
    "sync-forgotten": SyncForgottenEvent;
    "sync-problem": SyncProblemEvent;
    "workload-restarted": WorkloadRestartedEvent;
  }
}
