import type { EventBus } from "../events/event-bus.js";
import { SELF } from "../provider/identity.js";
import { boundedAttempt, TIMED_OUT } from "./bounded-attempt.js";
import { failureOfThrown } from "./check-outcomes.js";
import type { Store, StoreSet } from "./store-set.js";

/** Time for one revocation, in milliseconds: a store that is away must not keep a process from ending. */
const TIMEOUT_MS = 5_000;

/** Gives back the leases that reads through this resolver took; no others. Tells of each by an event. */
export async function revokeLeases(stores: StoreSet, events: EventBus): Promise<void> {
  await Promise.all(
    stores.all.flatMap((store) =>
      Array.from(store.leases, async (leaseId) => {
        const outcome = await revoke(store, leaseId);
        if (outcome !== undefined)
          events.emit("lease-revoked", { store: store.handle.store, leaseId, outcome });
      }),
    ),
  );
}

async function revoke({ handle }: Store, leaseId: string): Promise<"revoked" | Failed | undefined> {
  const { provider } = handle;
  if (provider.revokeLease === undefined) return undefined;
  const trace = { id: leaseId };
  const deadline = Date.now() + TIMEOUT_MS;
  try {
    const outcome = await boundedAttempt(new AbortController().signal, TIMEOUT_MS, async (signal) =>
      provider.revokeLease?.(leaseId, { signal, deadline, identity: SELF, trace }),
    );
    return outcome === TIMED_OUT ? "unavailable" : outcome?.status;
  } catch (thrown) {
    return failureOfThrown(thrown).status;
  }
}

type Failed = ReturnType<typeof failureOfThrown>["status"];
