import { type Failure, FAILURE_STATUSES, SecretValue, type SecretResolver, StoreError } from "@sluice/core";
import { leaseIndex, leasePath, type LeaseSpace } from "./lease-space.js";

/** What one number has in the store: a pod's name, or nothing. */
export type StoredLease = { readonly holder: string | undefined } | Failure;

export interface LeaseStoreOptions {
  /** Without a cache. */
  readonly resolver: SecretResolver;
  readonly space: LeaseSpace;
  readonly signal: AbortSignal;
}

/** Time for one call of the store, retries included, in milliseconds: a third of what a mark lives. */
const CALL_MS = 20_000;

/** The leases of a space as its store has them. */
export class LeaseStore {
  readonly #options: LeaseStoreOptions;

  constructor(options: LeaseStoreOptions) {
    this.#options = options;
  }

  /** Puts a pod's name where there is nothing; else tells who is there. */
  async claim(index: number, pod: string): Promise<StoredLease> {
    const { resolver, space } = this.#options;
    const text = space.key === undefined ? pod : JSON.stringify({ [space.key]: pod });
    const outcome = await resolver.put(
      space.store,
      { path: leasePath(space, index), value: SecretValue.fromText(text), condition: { ifAbsent: true } },
      this.#call(),
    );
    if ("reason" in outcome) return outcome;
    if (outcome.status !== "exists") return { holder: pod };
    const [there] = await this.read([index]);
    return there ?? { holder: undefined };
  }

  /** Who has each of the numbers, in their order. */
  async read(indexes: readonly number[]): Promise<StoredLease[]> {
    const { resolver, space } = this.#options;
    const { store, key } = space;
    const references = indexes.map((index) => ({
      store,
      path: leasePath(space, index),
      ...(key !== undefined && { key }),
    }));
    const outcomes = await resolver.settle(references, { ...this.#call(), fresh: true });
    return outcomes.map((outcome) => {
      if (outcome.status === "found") return { holder: outcome.value.textOrUndefined() };
      return outcome.status === "not-found" ? { holder: undefined } : outcome;
    });
  }

  /** Takes a number out of the store; nothing when that is done, or it was not there. */
  async release(index: number): Promise<Failure | undefined> {
    const { resolver, space } = this.#options;
    const outcome = await resolver.delete(space.store, { path: leasePath(space, index) }, this.#call());
    return outcome.status === "deleted" || outcome.status === "not-found" ? undefined : outcome;
  }

  /**
   * The numbers there are, without who has them.
   *
   * @throws StoreError when they cannot be listed
   */
  async list(): Promise<number[]> {
    const { resolver, space } = this.#options;
    const indexes: number[] = [];
    for await (const { path } of resolver.list(space.store, { prefix: `${space.prefix}.` }, this.#call())) {
      const index = leaseIndex(space, path);
      if (index !== undefined) indexes.push(index);
    }
    return indexes;
  }

  #call(): { readonly signal: AbortSignal; readonly timeoutMs: number } {
    return { signal: this.#options.signal, timeoutMs: CALL_MS };
  }
}

/** Whether a lease could not be read or written. */
export function isFailure(lease: StoredLease): lease is Failure {
  return "status" in lease && FAILURE_STATUSES.includes(lease.status);
}

/** The failure of a listing; throws on what is none. */
export function listingFailure(thrown: unknown): Failure {
  if (StoreError.isInstance(thrown)) return thrown.failure;
  throw thrown;
}
