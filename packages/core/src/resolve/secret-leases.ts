import type { LeaseRevokedEvent } from "../events/sluice-events.js";
import type { Identity } from "../provider/identity.js";

/** A lease as data: what an init run hands to the sidecar that takes over. No secret by itself, and no value. */
export interface HeldLease<Store extends string = string> {
  readonly store: Store;
  readonly id: string;
  /** When it ends unless it is renewed, in milliseconds since the epoch. */
  readonly endsAt: number;
  /** Until when renewing can bring it, in milliseconds since the epoch, where that is known. */
  readonly maxEndsAt?: number;
  readonly renewable: boolean;
  /** Canonical forms of the references whose values it stands behind. */
  readonly references: readonly string[];
}

/** How a lease that somebody else took is followed. */
export interface AdoptOptions {
  /** Whom it was taken for; the provider itself by default. */
  readonly identity?: Identity;
  /** Whether disposing gives it back, as if it had been taken here; `false` by default. */
  readonly revoke?: boolean;
}

/**
 * The leases a resolver holds: those its reads took, and those it adopted. What becomes of them is told by events:
 * `lease-renewed`, `lease-renewal-failed`, `lease-expiring`, `lease-lost`, `lease-revoked`.
 */
export interface SecretLeases<Store extends string = string> {
  /** Those behind values that reached who asked for them, and that have not ended. */
  held(): readonly HeldLease<Store>[];
  /**
   * Takes a lease over from whoever took it, and renews it whatever the resolver's options say. A watch does not read
   * its references until it ends. Throws for an unknown store and a disposed resolver.
   */
  adopt(lease: HeldLease<Store>, options?: AdoptOptions): void;
  /** Lets a lease be: it is neither renewed nor given back any more, for somebody else has it now. */
  release(store: Store, leaseId: string): void;
  /** Gives a lease back now; `not-found` if it is none of those held. Rejects only for an unknown store. */
  revoke(store: Store, leaseId: string): Promise<LeaseRevokedEvent["outcome"]>;
}

/** What happens to leases without being asked for. */
export interface LeaseOptions {
  /** Renew the leases that reads take until they can be renewed no more; `false` by default. */
  readonly renew?: boolean;
  /** Give back on disposal what was taken; `true` by default. `false` for whoever hands leases over. */
  readonly revoke?: boolean;
}
