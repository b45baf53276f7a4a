import type { KubernetesClient } from "../client/kubernetes-client.js";
import { acquireLease } from "./acquire-lease.js";
import { keepLease } from "./keep-lease.js";
import { type LeadOptions, leaseTimes } from "./lead-options.js";
import { LeaseClient } from "./lease-client.js";
import type { Lease } from "./lease.js";

/**
 * Does work while we hold a Lease of the cluster, so that of several processes one does. When the lease is lost the
 * work's signal aborts, and when the work has settled, the competition goes on. Resolves when the signal aborts, or
 * when the work ends by itself; rejects when the work rejects before its signal aborts.
 *
 * The work must stop soon after its signal: a third of the lease's time is left until another begins.
 */
export async function lead(
  client: KubernetesClient,
  options: LeadOptions,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const leases = new LeaseClient(client, options);
  for (;;) {
    const acquired = await acquireLease(leases, options).catch((error: unknown) => {
      if (options.signal.aborted) return undefined;
      throw error;
    });
    if (acquired === undefined) return;
    const working = new AbortController();
    const renewing = new AbortController();
    const kept = keepLease(leases, acquired, options, renewing.signal);
    // Renewed while the work comes to its end, too.
    const stop = (): void => working.abort(options.signal.reason);
    options.signal.addEventListener("abort", stop, { once: true });
    if (options.signal.aborted) stop();
    void kept.then(() => working.abort(new Error("The lease is lost")));
    const ended = await settle(work, working.signal);
    options.signal.removeEventListener("abort", stop);
    renewing.abort();
    const lease = await kept;
    if (lease !== undefined) await giveBack(leases, lease, options);
    if (ended.kind === "failed") throw ended.error;
    if (ended.kind === "done" || options.signal.aborted) return;
  }
}

type Ended =
  | { readonly kind: "done" }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly error: unknown };

async function settle(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<Ended> {
  try {
    await work(signal);
    return { kind: signal.aborted ? "stopped" : "done" };
  } catch (error) {
    return signal.aborted ? { kind: "stopped" } : { kind: "failed", error };
  }
}

async function giveBack(leases: LeaseClient, lease: Lease, options: LeadOptions): Promise<void> {
  const { deadlineMs } = leaseTimes(options);
  try {
    // Ours has aborted already, most likely.
    await leases.giveBack(lease, new AbortController().signal, deadlineMs);
  } catch (error) {
    // It ends by itself.
    options.onProblem?.(error);
  }
}
