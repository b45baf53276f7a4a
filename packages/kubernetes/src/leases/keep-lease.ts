import { setTimeout as sleep } from "node:timers/promises";
import type { AcquiredLease } from "./acquire-lease.js";
import { type LeadOptions, leaseTimes } from "./lead-options.js";
import type { LeaseClient } from "./lease-client.js";
import type { Lease } from "./lease.js";

/**
 * Renews a lease until the signal aborts, which resolves to it, or it is lost, which resolves to nothing: somebody
 * else has it, or it could not be renewed in time. It never resolves later than the deadline, whatever hangs.
 */
export async function keepLease(
  leases: LeaseClient,
  { lease, renewedAt }: AcquiredLease,
  options: LeadOptions,
  signal: AbortSignal,
): Promise<Lease | undefined> {
  const { retryMs, deadlineMs } = leaseTimes(options);
  for (let current = lease, since = renewedAt; ;) {
    const left = since + deadlineMs - performance.now();
    if (left <= 0) return undefined;
    // Its rejection is the abort.
    await sleep(Math.min(retryMs, left), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return current;
    const startedAt = performance.now();
    const timeoutMs = since + deadlineMs - startedAt;
    if (timeoutMs <= 0) return undefined;
    try {
      const renewed = await leases.take(current, signal, timeoutMs);
      const written = renewed ?? (await reread(leases, options, signal, timeoutMs));
      if (written === undefined) return undefined;
      current = written;
      // Only what was renewed counts; what is still ours though we did not write it does not.
      if (renewed !== undefined) since = startedAt;
    } catch (error) {
      if (signal.aborted) return current;
      options.onProblem?.(error);
    }
  }
}

/** The lease, where it is still ours: an answer of an earlier renewal may have been lost. */
async function reread(
  leases: LeaseClient,
  { identity }: LeadOptions,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Lease | undefined> {
  const lease = await leases.read(signal, timeoutMs);
  return lease?.holder === identity ? lease : undefined;
}
