import type { EventBus } from "../events/event-bus.js";
import type { LeaseRevokedEvent } from "../events/sluice-events.js";
import { revokeLease } from "./ask-of-lease.js";
import type { BookedLease } from "./lease-book.js";
import type { ProviderHandle } from "./provider-handle.js";

/** Gives back leases of one store, if its provider can. Tells of each by an event. */
export async function revokeLeases(
  handle: ProviderHandle,
  leases: readonly BookedLease[],
  events: EventBus,
): Promise<readonly LeaseRevokedEvent["outcome"][]> {
  if (handle.definition.capabilities.leases?.revoke !== true) return leases.map(() => "unsupported");
  return Promise.all(
    leases.map(async (lease) => {
      const { status } = await revokeLease(handle, lease, new AbortController().signal);
      events.emit("lease-revoked", { store: handle.store, leaseId: lease.id, outcome: status });
      return status;
    }),
  );
}
