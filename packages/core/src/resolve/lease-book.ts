import type { Identity } from "../provider/identity.js";
import type { SecretLease } from "../provider/secret-outcome.js";

/** A lease as the book has it. */
export interface BookedLease {
  readonly id: string;
  readonly identity: Identity;
  /** Canonical forms of the references whose values it stands behind, as far as they reached who asked. */
  readonly references: Set<string>;
  /** Whether it is given back on disposal. */
  readonly revoke: boolean;
  /** Milliseconds since the epoch, as the next. */
  endsAt: number;
  /** Until when renewing can bring it, where that is known. */
  maxEndsAt: number | undefined;
  renewable: boolean;
}

/** The leases that reads of one store have taken, with whom they were taken for, until they end of themselves. */
export class LeaseBook {
  readonly #leases = new Map<string, BookedLease>();

  get size(): number {
    return this.#leases.size;
  }

  /** Books a lease that was taken just now. */
  note({ id, ttlMs, maxTtlMs, renewable }: SecretLease, identity: Identity): void {
    const now = Date.now();
    this.add({
      id,
      identity,
      references: new Set(),
      revoke: true,
      endsAt: now + ttlMs,
      maxEndsAt: maxTtlMs === undefined ? undefined : now + maxTtlMs,
      renewable,
    });
  }

  add(lease: BookedLease): void {
    const now = Date.now();
    // Leases of one store last about equally long: the first are over first, and a long run stays bounded.
    for (const [id, first] of this.#leases) {
      if (overAt(first) > now) break;
      this.#leases.delete(id);
    }
    this.#leases.delete(lease.id);
    this.#leases.set(lease.id, lease);
  }

  get(id: string): BookedLease | undefined {
    return this.#leases.get(id);
  }

  delete(id: string): void {
    this.#leases.delete(id);
  }

  /** Those that are not over yet, the latest last. */
  living(): BookedLease[] {
    const now = Date.now();
    return Array.from(this.#leases.values()).filter((lease) => overAt(lease) > now);
  }

  /** Books what a renewal gave. */
  renew(lease: BookedLease, { ttlMs, maxTtlMs, renewable }: SecretLease): void {
    const now = Date.now();
    lease.endsAt = now + ttlMs;
    if (maxTtlMs !== undefined) lease.maxEndsAt = now + maxTtlMs;
    lease.renewable = renewable;
    if (this.#leases.has(lease.id)) this.add(lease);
  }

  /** Takes all out, and gives those that are to be given back. */
  takeAll(): BookedLease[] {
    const living = this.living();
    this.#leases.clear();
    return living.filter(({ revoke }) => revoke);
  }
}

/** When nobody can have it any more: somebody else might renew it. */
function overAt({ endsAt, maxEndsAt = endsAt }: BookedLease): number {
  return Math.max(endsAt, maxEndsAt);
}
