import type { Identity } from "./identity.js";

/** What every verb of a provider is called with. */
export interface ProviderContext {
  /** Aborted when nobody waits for the answer any more, or the attempt took too long. */
  readonly signal: AbortSignal;
  /** When the whole operation must be over, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly identity: Identity;
  readonly trace: TraceContext;
}

/** Ties log lines and calls of one operation together. */
export interface TraceContext {
  /** Unique per operation of the resolver. */
  readonly id: string;
  /** W3C `traceparent`, when the caller has one. */
  readonly traceparent?: string;
}
