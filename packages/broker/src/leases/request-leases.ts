import type { ReferenceOutcome } from "@sluice/core";
import { type Store, storeId } from "@sluice/kubernetes/stores";
import { REFUSALS } from "../refusals.js";
import type { BorrowedResolver } from "../stores/shared-resolver.js";

/** A lease that was taken, with the resolver that can give it back. */
export interface TakenLease {
  readonly store: string;
  readonly leaseId: string;
  readonly borrowed: BorrowedResolver;
}

/** The leases that one request takes: all of them go to its pod, or all are given back. */
export class RequestLeases {
  readonly #taken: TakenLease[] = [];
  #over = false;

  /**
   * Notes the leases among outcomes. One of a store that gives none through the broker is given back at once, and
   * its reference is refused.
   *
   * @see docs/spec/protocol-v1.md, 7.7
   */
  async take(
    store: Store,
    borrowed: BorrowedResolver,
    outcomes: Readonly<Record<string, ReferenceOutcome>>,
  ): Promise<Readonly<Record<string, ReferenceOutcome>>> {
    const ids = new Set(Object.values(outcomes).flatMap((outcome) => leaseIdOf(outcome) ?? []));
    const taken = Array.from(ids, (leaseId) => ({
      store: store.name,
      leaseId,
      borrowed: borrowed.again(),
    }));
    const keeps = store.leases === "broker";
    if (keeps && !this.#over) this.#taken.push(...taken);
    else await Promise.all(taken.map(giveBack));
    if (keeps) return outcomes;
    return Object.fromEntries(
      Object.entries(outcomes).map(([written, outcome]) => [
        written,
        leaseIdOf(outcome) === undefined ? outcome : refused(written, store),
      ]),
    );
  }

  /** Takes out all that were noted: whoever has them now sees to them. */
  handOver(): TakenLease[] {
    return this.#taken.splice(0);
  }

  /** Gives back all that nobody has taken over, and those that are yet to come: one store may answer after another failed. */
  async giveBack(): Promise<void> {
    this.#over = true;
    await Promise.all(this.handOver().map(giveBack));
  }
}

/** The lease that stands behind a value. */
export function leaseIdOf(outcome: ReferenceOutcome): string | undefined {
  return outcome.status === "found" ? outcome.lease?.id : undefined;
}

/** Gives a lease back, and its resolver. What comes of it the resolver tells by an event. */
export async function giveBack({ store, leaseId, borrowed }: TakenLease): Promise<void> {
  using held = borrowed;
  await held.resolver.leases.revoke(store, leaseId);
}

function refused(reference: string, store: Store): ReferenceOutcome {
  return {
    reference,
    store: store.name,
    status: "invalid",
    reason: "lease-refused",
    message: `gave a lease, which ${storeId(store)} does not let the broker keep`,
    remedy: REFUSALS["lease-refused"][1],
  };
}
