import type { KeyObject } from "node:crypto";
import {
  createStorePoll,
  type FailedReference,
  type Failure,
  type Identity,
  type ListedSecret,
  type ReferenceOutcome,
  type SecretReference,
  StoreError,
  type StorePoll,
} from "@sluice/core";
import type { Store } from "@sluice/kubernetes/stores";
import { failureOfThrown } from "../source/sync-failure.js";
import { type Census, takeCensus } from "./census.js";
import { FollowedSecrets, tellsNothing } from "./followed-secrets.js";
import { listPages } from "./list-pages.js";
import { LookTimer } from "./look-timer.js";
import type { OpenedStore } from "./opened-store.js";
import { SearchListings } from "./search-listings.js";

/** What a sync wants to know changes of. */
export interface Wanted {
  readonly references: readonly SecretReference[];
  /** Beginnings of the paths it searches. */
  readonly searches: readonly string[];
  readonly intervalMs: number;
  /** Canonical forms of what was found when it was synced last, by whichever process. */
  readonly foundBefore: ReadonlySet<string>;
}

export interface FollowerOptions {
  readonly store: Store;
  readonly identity: Identity;
  readonly open: () => Promise<OpenedStore>;
  /** Told which syncs may come to something else now. */
  readonly onChange: (users: ReadonlySet<string>) => void;
  readonly key: KeyObject;
  readonly signal: AbortSignal;
}

/** The pause after a look that failed, in milliseconds, doubled each time up to the interval. */
const RETRY_MS = 5_000;

/** Looks in a row that must fail until syncs are told. */
const MOST_FAILED_LOOKS = 3;

/**
 * Follows everything that syncs want of one store, by one look an interval: a listing where that tells of changes,
 * else a read of everything in batches. So a store is asked as often for one sync as for ten thousand.
 */
export class StoreFollower {
  readonly #options: FollowerOptions;
  readonly #secrets: FollowedSecrets;
  readonly #searches: SearchListings;
  readonly #users = new Map<string, Pick<Wanted, "searches" | "intervalMs">>();
  readonly #waiting = new Set<string>();
  #intervalMs = Infinity;
  #poll: StorePoll | undefined;
  #due = new Set<string>();
  #looking: Promise<void> | undefined;
  readonly #timer: LookTimer;
  #failedLooks = 0;
  #problem: Failure | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#secrets = new FollowedSecrets(options.key);
    this.#searches = new SearchListings(async (prefix) => {
      const items: ListedSecret[] = [];
      for await (const page of this.#pages(prefix)) items.push(...page);
      return items;
    });
    this.#timer = new LookTimer(
      async () => this.look(),
      () => (this.isIdle ? undefined : this.#pause()),
      options.signal,
    );
  }

  /** Why the store could not be looked at several times in a row. */
  get problem(): Failure | undefined {
    return this.#failedLooks >= MOST_FAILED_LOOKS ? this.#problem : undefined;
  }

  /** Whether nobody wants anything any more. */
  get isIdle(): boolean {
    return this.#users.size === 0;
  }

  /** From now on a sync wants this, and nothing else. */
  follow(user: string, wanted: Wanted): void {
    const { searches, intervalMs } = wanted;
    this.#users.set(user, { searches, intervalMs });
    if (this.#secrets.want(user, wanted.references, wanted.foundBefore)) this.#poll = undefined;
    if (wanted.intervalMs >= this.#intervalMs) return;
    this.#intervalMs = wanted.intervalMs;
    this.#timer.next();
  }

  forget(user: string): void {
    const wanted = this.#users.get(user);
    this.#waiting.delete(user);
    if (!this.#users.delete(user)) return;
    if (this.#secrets.want(user, [], new Set())) this.#poll = undefined;
    if (wanted?.intervalMs === this.#intervalMs) {
      this.#intervalMs = Infinity;
      for (const { intervalMs } of this.#users.values())
        this.#intervalMs = Math.min(this.#intervalMs, intervalMs);
    }
    if (this.isIdle) this.#timer.stop();
  }

  /** Notes what a sync was given, so that the next look tells what differs from it. */
  note(outcome: ReferenceOutcome): void {
    this.#secrets.see(outcome);
  }

  /** The store did not answer a sync: it is told when it does. */
  await(user: string): void {
    this.#waiting.add(user);
    if (!this.isIdle) this.#timer.within(Math.min(this.#intervalMs, RETRY_MS));
  }

  /** What is under a prefix, as a complete listing says that is not older than that. @throws {StoreError} */
  async search(prefix: string, maxAgeMs: number): Promise<readonly ListedSecret[]> {
    return this.#searches.get(prefix, maxAgeMs);
  }

  /** How much of the store is gone, as a look at all of it says that begins now. @throws {StoreError} */
  async census(): Promise<Census> {
    await this.#looking;
    await this.look();
    this.#options.signal.throwIfAborted();
    if (this.#problem !== undefined) throw new StoreError(this.#options.store.name, this.#problem);
    return takeCensus(this.#secrets.counted(), Date.now());
  }

  /** That these are gone was taken for meant. */
  accept(labels: Iterable<string>): void {
    this.#secrets.accept(labels, Date.now());
  }

  /** Looks at the store once; whoever asks meanwhile waits for the same look. */
  async look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { signal } = this.#options;
    const wasDown = this.problem !== undefined;
    this.#problem = undefined;
    const changed = new Set<string>();
    try {
      await this.#readDue(changed);
      const prefixes = new Set(Array.from(this.#users.values()).flatMap(({ searches }) => searches));
      const others = await this.#searches.refresh(prefixes);
      for (const [user, { searches }] of this.#users)
        if (searches.some((prefix) => others.has(prefix))) changed.add(user);
    } catch (thrown) {
      if (signal.aborted) return;
      this.#problem ??= failureOfLook(thrown);
    }
    this.#failedLooks = this.#problem === undefined ? 0 : this.#failedLooks + 1;
    const isDown = this.problem !== undefined;
    // What all of them say of the store is no longer so.
    if (wasDown !== isDown) for (const user of this.#users.keys()) changed.add(user);
    if (this.#problem === undefined) {
      for (const user of this.#waiting) changed.add(user);
      this.#waiting.clear();
    }
    if (changed.size > 0) this.#options.onChange(changed);
  }

  async #readDue(changed: Set<string>): Promise<void> {
    const { identity, signal } = this.#options;
    const store = await this.#options.open();
    this.#due = new Set();
    this.#poll ??= this.#createPoll(store);
    await this.#poll(signal);
    const references = this.#secrets.references();
    const wanted: Record<string, SecretReference> = {};
    for (const label of this.#due) {
      const reference = references.get(label);
      if (reference !== undefined) wanted[label] = reference;
    }
    if (Object.keys(wanted).length === 0) return;
    const outcomes = await store.use(async (resolver) =>
      resolver.settle(wanted, { identity, signal, fresh: true }),
    );
    for (const [label, outcome] of Object.entries(outcomes)) {
      if (tellsNothing(outcome)) this.#problem ??= outcome as FailedReference;
      else if (this.#secrets.see(outcome)) for (const user of this.#secrets.usersOf(label)) changed.add(user);
    }
  }

  #createPoll({ capabilities }: OpenedStore): StorePoll {
    const references = this.#secrets.references();
    return createStorePoll({
      capabilities,
      references,
      stampOf: (label) => this.#secrets.stampOf(label),
      list: (prefix) => this.#listFor(references, prefix),
      wake: (labels) => {
        for (const label of labels) this.#due.add(label);
      },
    });
  }

  /** A listing for a poll, which passes over one that fails: why it failed must not be lost. */
  async *#listFor(
    references: ReadonlyMap<string, SecretReference>,
    prefix: string,
  ): AsyncGenerator<readonly ListedSecret[], void, undefined> {
    try {
      yield* this.#pages(prefix);
    } catch (thrown) {
      const failure = failureOfLook(thrown);
      if (tellsNothing(failure)) this.#problem ??= failure;
      // Whether reading is refused as well, only reading tells.
      else for (const label of references.keys()) this.#due.add(label);
      throw thrown;
    }
  }

  async *#pages(prefix: string): AsyncGenerator<readonly ListedSecret[], void, undefined> {
    const { store, identity, signal } = this.#options;
    yield* listPages(await this.#options.open(), store.name, prefix, { identity, signal });
  }

  /** Spread over a fifth, so that many stores are not asked in the same second. */
  #pause(): number {
    const longest =
      this.#problem === undefined
        ? this.#intervalMs
        : Math.min(this.#intervalMs, RETRY_MS * 2 ** Math.min(this.#failedLooks, 10));
    return longest * (0.9 + Math.random() / 5);
  }
}

function failureOfLook(thrown: unknown): Failure {
  if (StoreError.isInstance(thrown)) return thrown.failure;
  const { reason, message } = failureOfThrown(thrown);
  return { status: "unavailable", reason, message };
}
