/** Which lease to compete for, and how patiently. */
export interface LeadOptions {
  readonly namespace: string;
  /** Name of the Lease. It is made when it is not there. */
  readonly name: string;
  /** Who we are, different for every process: the name of the pod. */
  readonly identity: string;
  /** Gives the lease back, once the work has ended, and ends the competition. */
  readonly signal: AbortSignal;
  /**
   * Whole seconds for which the lease is ours after a renewal; 15 by default. Whoever cannot renew it for two thirds
   * of that stops; others wait for all of it, so that there are not two.
   */
  readonly leaseSeconds?: number;
  /** Told when a call failed; it is tried again. */
  readonly onProblem?: (error: unknown) => void;
}

/** What follows from a lease's duration, in milliseconds. */
export interface LeaseTimes {
  /** Without a renewal for so long the work is stopped. */
  readonly deadlineMs: number;
  /** Between tries to take or renew it. */
  readonly retryMs: number;
}

/** Default of {@link LeadOptions.leaseSeconds}. */
export const DEFAULT_LEASE_SECONDS = 15;

/** Times for a duration: of 15 s, 10 s and 2 s. */
export function leaseTimes({
  leaseSeconds = DEFAULT_LEASE_SECONDS,
}: Pick<LeadOptions, "leaseSeconds">): LeaseTimes {
  const durationMs = leaseSeconds * 1000;
  return { deadlineMs: (durationMs * 2) / 3, retryMs: (durationMs * 2) / 15 };
}
