import type { Identity } from "../provider/identity.js";
import type { SecretLease } from "../provider/secret-outcome.js";

/** The leases that reads of one store have taken, with whom they were taken for, until they end of themselves. */
export class LeaseBook {
  readonly #leases = new Map<string, { readonly identity: Identity; readonly endsAt: number }>();

  get size(): number {
    return this.#leases.size;
  }

  note({ id, ttlMs, maxTtlMs = ttlMs }: SecretLease, identity: Identity): void {
    const now = Date.now();
    // Leases of one store last about equally long: the first are over first, and a long run stays bounded.
    for (const [first, { endsAt }] of this.#leases) {
      if (endsAt > now) break;
      this.#leases.delete(first);
    }
    this.#leases.set(id, { identity, endsAt: now + maxTtlMs });
  }

  /** Takes all out that are not over yet. */
  takeAll(): { readonly leaseId: string; readonly identity: Identity }[] {
    const now = Date.now();
    const running = Array.from(this.#leases).filter(([, { endsAt }]) => endsAt > now);
    this.#leases.clear();
    return running.map(([leaseId, { identity }]) => ({ leaseId, identity }));
  }
}
