import type { CallOptions } from "@sluice/kubernetes";
import type { LeaseLedger } from "./lease-ledger.js";
import { isFailure, type LeaseStore, listingFailure, type StoredLease } from "./lease-store.js";

export interface SurveyOptions {
  readonly ledger: Pick<LeaseLedger, "read">;
  readonly store: Pick<LeaseStore, "list" | "read">;
}

/** Milliseconds before a full range is looked through again. */
const FRESH_MS = 30_000;

/** What the store of a space has that its ledger does not know: leases of other clusters, and of earlier generators. */
export class LeaseSurvey {
  readonly #options: SurveyOptions;
  readonly #now: () => number;
  #foreign: ReadonlyMap<number, string | undefined> = new Map();
  #lookedAt: number | undefined;

  constructor(options: SurveyOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /** Numbers that are taken, with the name of the pod that has each where that could be read. */
  get foreign(): ReadonlyMap<number, string | undefined> {
    return this.#foreign;
  }

  /** Looks, the first time. */
  async begin(call: CallOptions): Promise<void> {
    if (this.#lookedAt === undefined) await this.#look(call);
  }

  /** Looks once more, for some may be free meanwhile; false when it was done a moment ago. */
  async again(call: CallOptions): Promise<boolean> {
    if (this.#lookedAt !== undefined && this.#now() - this.#lookedAt < FRESH_MS) return false;
    await this.#look(call);
    return true;
  }

  /** A number that turned out to be taken. */
  found(index: number, holder: string | undefined): void {
    this.#foreign = new Map([...this.#foreign, [index, holder]]);
  }

  async #look(call: CallOptions): Promise<void> {
    const { ledger, store } = this.#options;
    let there: readonly number[] = [];
    try {
      there = await store.list();
    } catch (thrown) {
      call.signal.throwIfAborted();
      // Not every store can list, or may be listed: then each number that is taken is found by trying it.
      const { status } = listingFailure(thrown);
      if (status !== "unsupported" && status !== "denied" && status !== "not-found") throw thrown;
    }
    const { held } = await ledger.read(call);
    const unknown = there.filter((index) => !held.has(index));
    const leases = await store.read(unknown);
    this.#foreign = new Map(unknown.map((index, at) => [index, holderOf(leases[at])]));
    this.#lookedAt = this.#now();
  }
}

function holderOf(lease: StoredLease | undefined): string | undefined {
  return lease === undefined || isFailure(lease) ? undefined : lease.holder;
}
