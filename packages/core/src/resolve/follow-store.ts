import type { EventBus } from "../events/event-bus.js";
import type { Identity } from "../provider/identity.js";
import type { ListedSecret } from "../provider/list.js";
import { formatReference } from "../reference/format-reference.js";
import type { SecretReference } from "../reference/secret-reference.js";
import { IssuedReferences } from "./issued-references.js";
import { createStorePoll } from "./poll-store.js";
import type { ReferenceOutcome } from "./reference-outcome.js";
import { type ObserverOptions, ReferenceObserver } from "./reference-observer.js";
import type { SecretChange } from "./secret-change.js";
import type { Store } from "./store-set.js";
import { WakeUpQueue } from "./wake-up-queue.js";
import { pollByTime, watchStore } from "./watch-store.js";

export interface StoreFollowing {
  readonly store: Store;
  /** What is watched in this store, by label. */
  readonly references: ReadonlyMap<string, SecretReference>;
  /** What the caller has already, by label. */
  readonly known: ReadonlyMap<string, ReferenceOutcome>;
  readonly identity: Identity;
  readonly pollIntervalMs: number;
  readonly events: EventBus;
  readonly settle: ObserverOptions["settle"];
  /** The store's pages under a prefix; throws unless it saw everything. */
  readonly list: (store: Store, prefix: string) => AsyncIterable<readonly ListedSecret[]>;
  /** Takes a change; the next look waits for it. */
  readonly deliver: (change: SecretChange) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Follows what is watched in one store, whatever becomes of others. Ends only by rejecting. */
export async function followStore(following: StoreFollowing): Promise<void> {
  const { store, references, known, identity, pollIntervalMs, events, settle, deliver, signal } = following;
  const { leases, handle } = store;
  const queue = new WakeUpQueue();
  const issued = new IssuedReferences({
    references,
    keep: (leaseId) => leases.keep(leaseId),
    wake: (labels) => queue.push(labels),
    signal,
  });
  const wake = (labels: Iterable<string>): void =>
    queue.push(Array.from(labels).filter((label) => !issued.holds(label)));
  const onOutcome: ObserverOptions["onOutcome"] = (label, outcome) => issued.see(label, outcome);
  const observer = new ReferenceObserver({ references, settle, wake, onOutcome, signal });
  const leaseOver = (event: { readonly store: string; readonly leaseId: string }): void => {
    if (event.store === handle.store) issued.end(event.leaseId);
  };
  using _expiring = events.on("lease-expiring", leaseOver);
  using _lost = events.on("lease-lost", leaseOver);
  using _revoked = events.on("lease-revoked", leaseOver);

  for (const [label, reference] of references) {
    const outcome = known.get(label);
    if (outcome?.status === "found") observer.know(label, outcome);
    const lease = leases.heldFor(formatReference(reference), identity);
    // Its value is in the caller's hands.
    if (lease !== undefined) issued.hold(label, lease.id);
    // One with a lease that is not held any more is over.
    else if (outcome?.status === "found" && outcome.lease === undefined) issued.see(label, outcome);
  }
  const first = await observer.look(Array.from(references.keys()).filter((label) => !issued.holds(label)));
  for (const change of first) if (known.has(change.label)) await deliver(change);

  const isVolatile = ([, { volatile = false }]: [string, SecretReference]): boolean => volatile;
  const issuing = new Map(Array.from(references).filter(isVolatile));
  const plain = new Map(Array.from(references).filter((entry) => !isVolatile(entry)));
  const { capabilities } = handle.definition;
  const poll = createStorePoll({
    capabilities,
    references: plain,
    stampOf: (label) => observer.stampOf(label),
    list: (prefix) => following.list(store, prefix),
    wake,
  });
  const times = { pollIntervalMs, signal };
  await Promise.all([
    plain.size > 0 && watchStore({ ...times, store, references: plain, identity, wake, poll }),
    // One that could not be issued is tried again, as one that lives is not.
    issuing.size > 0 && pollByTime({ ...times, poll: async () => wake(issuing.keys()) }),
    (async () => {
      for (;;) for (const change of await observer.look(await queue.take(signal))) await deliver(change);
    })(),
  ]);
}
