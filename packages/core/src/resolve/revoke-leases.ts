import type { EventBus } from "../events/event-bus.js";
import type { LeaseEvent } from "../events/sluice-events.js";
import type { Identity } from "../provider/identity.js";
import { boundedAttempt, TIMED_OUT } from "./bounded-attempt.js";
import { checkFailure } from "./check-outcomes.js";
import { failureOfThrown } from "./failure-of-thrown.js";
import type { ProviderHandle } from "./provider-handle.js";

/** Time for one revocation, in milliseconds: a store that is away must not keep a process from ending. */
const TIMEOUT_MS = 5_000;

/** Gives back the leases that reads through these providers took; no others. Tells of each by an event. */
export async function revokeLeases(handles: readonly ProviderHandle[], events: EventBus): Promise<void> {
  const revoking = handles.flatMap((handle) =>
    handle.leases.takeAll().map(async ({ leaseId, identity }) => {
      if (handle.definition.capabilities.leases?.revoke !== true) return;
      const outcome = await revoke(handle, leaseId, identity);
      events.emit("lease-revoked", { store: handle.store, leaseId, outcome });
    }),
  );
  await Promise.all(revoking);
}

async function revoke(
  { provider }: ProviderHandle,
  leaseId: string,
  identity: Identity,
): Promise<LeaseEvent["outcome"]> {
  const context = { deadline: Date.now() + TIMEOUT_MS, identity, trace: { id: leaseId } };
  try {
    const outcome = await boundedAttempt(new AbortController().signal, TIMEOUT_MS, async (signal) =>
      provider.revokeLease?.(leaseId, { ...context, signal }),
    );
    if (outcome === undefined) return "unsupported";
    if (outcome === TIMED_OUT) return "unavailable";
    return outcome.status === "revoked" ? "revoked" : checkFailure(outcome).status;
  } catch (thrown) {
    return failureOfThrown(thrown).status;
  }
}
