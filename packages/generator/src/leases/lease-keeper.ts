import { setTimeout as sleep } from "node:timers/promises";
import type { Failure } from "@sluice/core";
import type { CallOptions } from "@sluice/kubernetes";
import pLimit from "p-limit";
import type { LeaseLedger, LedgerChange, LedgerState } from "./lease-ledger.js";
import { isFailure, type LeaseStore } from "./lease-store.js";
import { LeaseSurvey } from "./lease-survey.js";
import { type LedgerEntry, podKey, type PodName } from "./ledger-entry.js";
import { type Claimant, planRound, type RefusedClaim, type Round } from "./plan-round.js";

export interface LeaseKeeperOptions {
  readonly ledger: Pick<LeaseLedger, "read" | "write">;
  readonly store: Pick<LeaseStore, "claim" | "read" | "release" | "list">;
  /** Different for every generator: the name of its pod. */
  readonly identity: string;
  /** Whether there is a pod of this name now, past every cache. */
  readonly isAlive: (pod: PodName, call: CallOptions) => Promise<boolean>;
  readonly onClaimed: (pod: PodName, index: number) => void;
  readonly onReleased: (pod: PodName, index: number) => void;
  readonly signal: AbortSignal;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: () => number;
}

/** What rounds of work came to. */
export interface KeeperResult {
  /** Claimants for whom there is no number. */
  readonly refused: readonly RefusedClaim[];
  /** What could not be done; it is to be tried again. */
  readonly failures: readonly { readonly pod: PodName; readonly failure: Failure }[];
  /** Whether others are at work on something that we wait for. */
  readonly pending: boolean;
}

/** Numbers of one round: their calls are over long before their marks are old. */
const MOST_AT_ONCE = 250;

/** Calls of store and cluster at the same time. */
const CONCURRENCY = 8;

/** A pod that was seen alive is not looked for again for so many milliseconds. */
const FRESH_MS = 30_000;

/** Longest pause before the ledger is read again, after somebody else has changed it, in milliseconds. */
const CONFLICT_MS = 100;

/**
 * Keeps one space: each pod that wants a number has one, and each number whose pod is gone is free.
 *
 * Before a number is touched in the store the ledger says that this generator is at it, and it says what came of it
 * afterwards. So generators never work on one number together, and what one of them left half another ends.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #claimants = new Map<string, Claimant>();
  readonly #limit = pLimit(CONCURRENCY);
  readonly #alive = new Map<string, number>();
  readonly #survey: LeaseSurvey;
  #held = 0;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#survey = new LeaseSurvey(options, () => this.#now());
  }

  /** Numbers that the ledger had when it was last read. */
  get held(): number {
    return this.#held;
  }

  /** A pod wants a number from now on. */
  add(claimant: Claimant): void {
    this.#claimants.set(podKey(claimant.pod), claimant);
  }

  /** A pod is gone, or wants none any more. */
  remove(pod: PodName): void {
    this.#claimants.delete(podKey(pod));
  }

  /** Whether nobody wants a number and none is held. */
  get isIdle(): boolean {
    return this.#claimants.size === 0 && this.#held === 0;
  }

  /**
   * Works until there is nothing left to do, or nothing that can be done now.
   *
   * @param knows whether every pod of a namespace was told
   * @throws {KubernetesError} when the ledger cannot be read or written
   */
  async reconcile(knows: (namespace: string) => boolean): Promise<KeeperResult> {
    const failures: { pod: PodName; failure: Failure }[] = [];
    for (;;) {
      await this.#survey.begin(this.#call());
      const round = await this.#plan(knows);
      if (
        round.refused.some(({ reason }) => reason === "range-full") &&
        (await this.#survey.again(this.#call()))
      )
        continue;
      const done = await this.#work(round, failures);
      await this.#settle(done);
      const isOver = round.change.size === 0 || failures.length > 0;
      const lost = Array.from(done.values()).some((result) => result === "foreign");
      if (isOver || (!lost && !round.pending)) {
        const { refused, pending } = round;
        return { refused, failures, pending };
      }
    }
  }

  /** Plans a round and has the ledger say so. */
  async #plan(knows: (namespace: string) => boolean): Promise<Round> {
    let round: Round | undefined;
    await this.#transact(({ held }) => {
      const now = this.#now();
      round = planRound({
        held,
        claimants: this.#claimants,
        foreign: this.#survey.foreign,
        knows,
        alive: this.#seenAlive(now),
        by: this.#options.identity,
        now,
        most: MOST_AT_ONCE,
      });
      return round.change;
    });
    if (round === undefined) throw new TypeError("A round is planned whenever the ledger is read");
    return round;
  }

  async #work(round: Round, failures: { pod: PodName; failure: Failure }[]): Promise<Map<number, Done>> {
    const done = new Map<number, Done>();
    const begin = (index: number, work: (pod: PodName) => Promise<Done | Failure>) =>
      this.#limit(async () => {
        const pod = round.change.get(index)?.pod;
        if (pod === undefined) return;
        const result = await work(pod);
        if (typeof result === "string") done.set(index, result);
        else failures.push({ pod, failure: result });
      });
    await Promise.all([
      ...round.claim.map((index) => begin(index, async (pod) => this.#claim(index, pod))),
      ...round.release.map(({ index, certain }) =>
        begin(index, async (pod) => this.#release(index, pod, certain)),
      ),
    ]);
    return done;
  }

  async #claim(index: number, pod: PodName): Promise<Done | Failure> {
    const lease = await this.#options.store.claim(index, pod.name);
    if (isFailure(lease)) return lease;
    if (lease.holder === pod.name) return "held";
    // Another cluster's, or somebody's who knows no ledger.
    this.#survey.found(index, lease.holder);
    return "foreign";
  }

  async #release(index: number, pod: PodName, certain: boolean): Promise<Done | Failure> {
    const { store, isAlive } = this.#options;
    const isThere = await isAlive(pod, this.#call());
    if (isThere) this.#alive.set(podKey(pod), this.#now());
    if (isThere && certain) return "held";
    if (!certain) {
      const [lease] = await store.read([index]);
      if (lease === undefined || isFailure(lease)) return lease ?? MISSING;
      if (lease.holder !== pod.name) return "released";
      if (isThere) return "held";
    }
    return (await store.release(index)) ?? "released";
  }

  /** Has the ledger say what came of a round. */
  async #settle(done: ReadonlyMap<number, Done>): Promise<void> {
    if (done.size === 0) return;
    const { identity, onClaimed, onReleased } = this.#options;
    let settled: [LedgerEntry, number, Done][] = [];
    await this.#transact(({ held }) => {
      settled = Array.from(done).flatMap(([index, result]) => {
        const entry = held.get(index);
        // Without our mark it took too long, and somebody else has gone on with it.
        return entry?.mark?.by === identity ? [[entry, index, result] as [LedgerEntry, number, Done]] : [];
      });
      return new Map(
        settled.map(([{ pod }, index, result]) => [index, result === "held" ? { pod } : undefined]),
      );
    });
    for (const [{ pod, mark }, index, result] of settled) {
      if (result === "held" && mark?.work === "claiming") onClaimed(pod, index);
      if (result === "released") onReleased(pod, index);
    }
  }

  /** Changes the ledger by what it says, as often as somebody else changes it meanwhile. */
  async #transact(change: (state: LedgerState) => LedgerChange): Promise<void> {
    const { ledger, signal } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      const state = await ledger.read(this.#call());
      const wanted = change(state);
      const after = wanted.size === 0 ? state : await ledger.write(state, wanted, this.#call());
      if (after !== undefined) {
        this.#held = after.held.size;
        return;
      }
      await sleep(Math.random() * CONFLICT_MS, undefined, { signal });
    }
  }

  #seenAlive(now: number): ReadonlySet<string> {
    for (const [key, at] of this.#alive) if (now - at >= FRESH_MS) this.#alive.delete(key);
    return new Set(this.#alive.keys());
  }

  #call(): CallOptions {
    return { signal: this.#options.signal, timeoutMs: 10_000 };
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }
}

/** What became of a number: the store has it for its pod, has it no more, or has it for somebody else. */
type Done = "held" | "released" | "foreign";

const MISSING: Failure = { status: "unavailable", reason: "no-outcome" };
