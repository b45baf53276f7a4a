import type { EventBus } from "../events/event-bus.js";
import { SELF } from "../provider/identity.js";
import { revokeLeases } from "./revoke-leases.js";
import type { HeldLease, SecretLeases } from "./secret-leases.js";
import type { StoreSet } from "./store-set.js";

export function createLeaseOperations(stores: StoreSet, events: EventBus, closed: AbortSignal): SecretLeases {
  return {
    held: () => {
      const now = Date.now();
      return stores.all.flatMap(({ handle }) =>
        handle.leases.living().flatMap(({ id, endsAt, maxEndsAt, renewable, references }): HeldLease[] =>
          endsAt <= now || references.size === 0
            ? []
            : [
                {
                  store: handle.store,
                  id,
                  endsAt,
                  ...(maxEndsAt !== undefined && { maxEndsAt }),
                  renewable,
                  references: Array.from(references),
                },
              ],
        ),
      );
    },
    adopt: ({ store, id, endsAt, maxEndsAt, renewable, references }, options = {}) => {
      closed.throwIfAborted();
      const { identity = SELF, revoke = false } = options;
      stores.get(store).leases.adopt({
        id,
        identity,
        revoke,
        endsAt,
        maxEndsAt,
        renewable,
        references: new Set(references),
      });
    },
    release: (store, leaseId) => void stores.get(store).leases.letGo(leaseId),
    revoke: async (name, leaseId) => {
      const store = stores.get(name);
      const lease = store.leases.letGo(leaseId);
      if (lease === undefined) return "not-found";
      const [outcome = "not-found"] = await revokeLeases(store.handle, [lease], events);
      return outcome;
    },
  };
}
