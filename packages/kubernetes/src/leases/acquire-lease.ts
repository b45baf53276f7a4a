import { setTimeout as sleep } from "node:timers/promises";
import { type LeadOptions, leaseTimes } from "./lead-options.js";
import type { LeaseClient } from "./lease-client.js";
import type { Lease } from "./lease.js";

/** A lease that is ours, and since when, by our own clock that only goes forward. */
export interface AcquiredLease {
  readonly lease: Lease;
  readonly renewedAt: number;
}

/**
 * Waits until the lease is ours. Another's has ended when we saw it unchanged for all of its duration: clocks of
 * other machines do not count. Rejects with the signal's reason.
 */
export async function acquireLease(leases: LeaseClient, options: LeadOptions): Promise<AcquiredLease> {
  const { signal, identity, onProblem } = options;
  const { retryMs, deadlineMs } = leaseTimes(options);
  let seen: { readonly resourceVersion: string; readonly at: number } | undefined;
  for (;;) {
    signal.throwIfAborted();
    try {
      const at = performance.now();
      const found = await leases.read(signal, deadlineMs);
      if (found !== undefined && found.resourceVersion !== seen?.resourceVersion)
        // When the answer came, it was as it is.
        seen = { resourceVersion: found.resourceVersion, at: performance.now() };
      const isFree = found?.holder === undefined || found.holder === identity;
      const hasEnded = found !== undefined && seen !== undefined && at - seen.at > found.durationMs;
      if (isFree || hasEnded) {
        const renewedAt = performance.now();
        const lease = await leases.take(found, signal, deadlineMs);
        if (lease !== undefined) return { lease, renewedAt };
      }
    } catch (error) {
      signal.throwIfAborted();
      onProblem?.(error);
    }
    // By chance up to twice as long, so that those who compete do not keep step.
    await sleep(retryMs * (1 + Math.random()), undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
