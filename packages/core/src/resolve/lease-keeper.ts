import pLimit from "p-limit";
import type { EventBus } from "../events/event-bus.js";
import { type Identity, identityKey } from "../provider/identity.js";
import type { Failure, SecretLease } from "../provider/secret-outcome.js";
import { renewLease } from "./ask-of-lease.js";
import { keepLease } from "./keep-lease.js";
import type { BookedLease } from "./lease-book.js";
import type { ProviderHandle } from "./provider-handle.js";

export interface LeaseKeeperOptions {
  /** Whether leases taken here are renewed. */
  readonly renew: boolean;
  /** Calls at the same time. */
  readonly concurrency: number;
}

/** Cares for the leases of one store: renews them, and tells of their ends. */
export class LeaseKeeper {
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #kept = new Map<string, AbortController>();

  constructor(
    private readonly handle: ProviderHandle,
    private readonly events: EventBus,
    private readonly options: LeaseKeeperOptions,
  ) {
    this.#limit = pLimit(
      Math.min(options.concurrency, handle.definition.capabilities.maxConcurrency ?? Infinity),
    );
  }

  /** What a lease stands behind reached who asked for it: from now on it is worth renewing. */
  deliver(id: string, reference: string): void {
    const lease = this.handle.leases.get(id);
    lease?.references.add(reference);
    if (lease !== undefined && this.options.renew) this.keep(id);
  }

  /** Tells of the end of a lease that the book has, and renews it until then if leases are to be. */
  keep(id: string): void {
    const lease = this.handle.leases.get(id);
    if (lease !== undefined && !this.#kept.has(id)) void this.#keep(lease, this.options.renew);
  }

  /** Cares for a lease that somebody else took, and renews it. */
  adopt(lease: BookedLease): void {
    this.letGo(lease.id);
    this.handle.leases.add(lease);
    void this.#keep(lease, true);
  }

  /** The latest lease that stands behind a reference and has not ended. */
  heldFor(reference: string, identity: Identity): BookedLease | undefined {
    const now = Date.now();
    return this.handle.leases
      .living()
      .findLast(
        (lease) =>
          lease.references.has(reference) &&
          lease.endsAt > now &&
          identityKey(lease.identity) === identityKey(identity),
      );
  }

  /** Renews a lease no more, and takes it out of the book. */
  letGo(id: string): BookedLease | undefined {
    const lease = this.handle.leases.get(id);
    this.#kept.get(id)?.abort();
    this.#kept.delete(id);
    this.handle.leases.delete(id);
    return lease;
  }

  /** Renews none any more. The book keeps what has to be given back. */
  stop(): void {
    for (const keeping of this.#kept.values()) keeping.abort();
    this.#kept.clear();
  }

  async #keep(lease: BookedLease, renew: boolean): Promise<void> {
    const keeping = new AbortController();
    const { signal } = keeping;
    this.#kept.set(lease.id, keeping);
    const { capabilities } = this.handle.definition;
    const renews = renew && capabilities.leases?.renew === true;
    try {
      await keepLease({
        lease,
        signal,
        renew: renews ? async () => this.#limit(async () => this.#renew(lease, signal)) : undefined,
        tell: this.#told(lease),
      });
      // One that is not renewed here may be renewed elsewhere, and has to be given back.
      if (renews) this.handle.leases.delete(lease.id);
      this.#kept.delete(lease.id);
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    }
  }

  async #renew(lease: BookedLease, signal: AbortSignal): Promise<SecretLease | Failure> {
    const answer = await renewLease(this.handle, lease, signal);
    signal.throwIfAborted();
    if (!("status" in answer)) this.handle.leases.renew(lease, answer);
    return answer;
  }

  #told(lease: BookedLease): Parameters<typeof keepLease>[0]["tell"] {
    const common = () => ({
      store: this.handle.store,
      leaseId: lease.id,
      references: Array.from(lease.references),
      endsAt: lease.endsAt,
    });
    return {
      renewed: () => this.events.emit("lease-renewed", common()),
      failed: ({ status, reason }, attempt) =>
        this.events.emit("lease-renewal-failed", { ...common(), status, reason, attempt }),
      expiring: () => this.events.emit("lease-expiring", common()),
      lost: (reason) => this.events.emit("lease-lost", { ...common(), reason }),
    };
  }
}
