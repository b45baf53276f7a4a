import type { Failure } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { MemoryStore } from "../memory-store.test-support.js";
import { LeaseKeeper } from "./lease-keeper.js";
import type { LedgerChange, LedgerState } from "./lease-ledger.js";
import { type LedgerEntry, MARK_MS, podKey, type PodName } from "./ledger-entry.js";
import { LeaseStore } from "./lease-store.js";

const SPACE = { store: "main", prefix: "leases/flake" };
const signal = new AbortController().signal;

/** A ledger in memory, which refuses to be written over another state than was read. */
class MemoryLedger {
  #version = 0;
  held: ReadonlyMap<number, LedgerEntry> = new Map();
  writes = 0;
  /** Dies before a write. */
  dies: boolean = false;

  async read(): Promise<LedgerState> {
    return { version: String(this.#version), held: this.held };
  }

  async write({ version }: LedgerState, change: LedgerChange): Promise<LedgerState | undefined> {
    if (this.dies) throw new Error("died");
    if (version !== String(this.#version)) return undefined;
    const held = new Map(this.held);
    for (const [index, entry] of change)
      if (entry === undefined) held.delete(index);
      else held.set(index, entry);
    this.held = held;
    this.#version += 1;
    this.writes += 1;
    return this.read();
  }
}

class World {
  readonly store = new MemoryStore();
  readonly ledger = new MemoryLedger();
  readonly alive = new Set<string>();
  readonly told: string[] = [];
  now = 1_000_000;

  keeper(identity: string): LeaseKeeper {
    return new LeaseKeeper({
      ledger: this.ledger,
      store: new LeaseStore({ resolver: this.store.resolver, space: SPACE, signal }),
      identity,
      isAlive: async (pod) => this.alive.has(podKey(pod)),
      onClaimed: (pod, index) => this.told.push(`claimed ${index} ${pod.name}`),
      onReleased: (pod, index) => this.told.push(`released ${index} ${pod.name}`),
      signal,
      now: () => this.now,
    });
  }

  /** Pods that there are, wanting numbers of 0 to `last`. */
  add(keeper: LeaseKeeper, names: readonly string[], last = 9): void {
    for (const name of names) {
      this.alive.add(podKey(pod(name)));
      keeper.add({ pod: pod(name), rangeStart: 0, rangeEnd: last });
    }
  }

  remove(keeper: LeaseKeeper, name: string): void {
    this.alive.delete(podKey(pod(name)));
    keeper.remove(pod(name));
  }

  leases(): Record<string, string> {
    return Object.fromEntries(this.store.values);
  }
}

const pod = (name: string): PodName => ({ namespace: "shop", name });
const everything = (): boolean => true;
const numbered = (names: Record<number, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(names).map(([index, name]) => [`leases/flake.${index}`, name]));
const away: Failure = { status: "unavailable", reason: "away" };

describe("LeaseKeeper", () => {
  it("gives pods the lowest numbers, and frees those of pods that are gone", async () => {
    const world = new World();
    const keeper = world.keeper("us");
    world.add(keeper, ["a", "b", "c"]);
    expect(await keeper.reconcile(everything)).toEqual({ refused: [], failures: [], pending: false });
    expect(world.leases()).toEqual(numbered({ 0: "a", 1: "b", 2: "c" }));
    world.remove(keeper, "b");
    world.add(keeper, ["d"]);
    await keeper.reconcile(everything);
    await keeper.reconcile(everything);
    expect(world.leases()).toEqual(numbered({ 0: "a", 2: "c", 3: "d" }));
    world.add(keeper, ["e"]);
    await keeper.reconcile(everything);
    expect(world.leases()).toEqual(numbered({ 0: "a", 1: "e", 2: "c", 3: "d" }));
    expect(keeper.held).toBe(4);
    for (const name of ["a", "c", "d", "e"]) world.remove(keeper, name);
    await keeper.reconcile(everything);
    expect([world.leases(), keeper.isIdle]).toEqual([{}, true]);
    expect(world.told).toHaveLength(10);
  });

  it("writes the ledger a few times for a thousand pods", async () => {
    const world = new World();
    const keeper = world.keeper("us");
    const names = Array.from({ length: 1_000 }, (_, index) => `pod-${index}`);
    world.add(keeper, names, 999);
    expect(await keeper.reconcile(everything)).toMatchObject({ refused: [], failures: [] });
    expect(new Set(Object.values(world.leases())).size).toBe(1_000);
    expect(world.ledger.writes).toBeLessThan(10);
    world.alive.clear();
    for (const name of names) keeper.remove(pod(name));
    await keeper.reconcile(everything);
    expect(world.leases()).toEqual({});
  });

  it("keeps many that work together from giving a number, or a pod, twice", async () => {
    const world = new World();
    const names = Array.from({ length: 40 }, (_, index) => `pod-${index}`);
    const keepers = Array.from({ length: 10 }, (_, index) => world.keeper(`g${index}`));
    for (const [index, keeper] of keepers.entries())
      world.add(keeper, index % 2 === 0 ? names : names.toReversed(), 39);
    await Promise.all(keepers.map(async (keeper) => keeper.reconcile(everything)));
    for (const keeper of keepers) expect((await keeper.reconcile(everything)).refused).toEqual([]);
    expect(Object.values(world.leases()).toSorted()).toEqual(names.toSorted());
    expect(world.store.writes).toHaveLength(40);
    world.alive.clear();
    for (const keeper of keepers) for (const name of names) keeper.remove(pod(name));
    await Promise.all(keepers.map(async (keeper) => keeper.reconcile(everything)));
    for (const keeper of keepers) await keeper.reconcile(everything);
    expect([world.leases(), world.ledger.held.size]).toEqual([{}, 0]);
  });

  it("leaves the number of a pod that it has not heard of, but that is there", async () => {
    const world = new World();
    const [knows, lags] = [world.keeper("knows"), world.keeper("lags")];
    world.add(knows, ["a"]);
    await knows.reconcile(everything);
    await lags.reconcile(everything);
    expect(world.leases()).toEqual(numbered({ 0: "a" }));
    expect(world.ledger.held).toEqual(new Map([[0, { pod: pod("a") }]]));
    await lags.reconcile(() => false);
    world.remove(knows, "a");
    await lags.reconcile(() => false);
    expect(world.leases()).toEqual(numbered({ 0: "a" }));
  });

  it("ends what another left half, once that is surely gone", async () => {
    const world = new World();
    const dying = world.keeper("dying");
    world.add(dying, ["a"]);
    world.store.onPut = () => {
      world.ledger.dies = true;
      return { ...away, lost: true };
    };
    expect(await dying.reconcile(everything)).toMatchObject({ failures: [{ pod: pod("a"), failure: away }] });
    world.store.onPut = undefined;
    world.ledger.dies = false;
    const heir = world.keeper("heir");
    world.add(heir, ["a", "b"]);
    expect(await heir.reconcile(everything)).toMatchObject({ pending: true });
    expect(world.leases()).toEqual(numbered({ 0: "a", 1: "b" }));
    expect(world.ledger.held.get(0)?.mark?.by).toBe("dying");
    world.now += MARK_MS + 1;
    expect(await heir.reconcile(everything)).toMatchObject({ pending: false });
    expect(world.ledger.held.get(0)).toEqual({ pod: pod("a") });
  });

  it("deletes nothing that was never known to be ours", async () => {
    const world = new World();
    world.store.values.set("leases/flake.0", "of-another-cluster");
    world.store.values.set("leases/flake.1", "a");
    const keeper = world.keeper("us");
    world.add(keeper, ["a", "b"]);
    await keeper.reconcile(everything);
    // What the store has for a pod of this name already is taken for its own, as kees did.
    expect(world.leases()).toEqual(numbered({ 0: "of-another-cluster", 1: "a", 2: "b" }));
    for (const name of ["a", "b"]) world.remove(keeper, name);
    await keeper.reconcile(everything);
    expect(world.leases()).toEqual(numbered({ 0: "of-another-cluster" }));
  });

  it("goes on to the next number when somebody else was faster", async () => {
    const world = new World();
    const keeper = world.keeper("us");
    await keeper.reconcile(everything);
    world.store.values.set("leases/flake.0", "of-another-cluster");
    world.add(keeper, ["a"]);
    expect(await keeper.reconcile(everything)).toEqual({ refused: [], failures: [], pending: false });
    expect(world.leases()).toEqual(numbered({ 0: "of-another-cluster", 1: "a" }));
    expect(Array.from(world.ledger.held.keys())).toEqual([1]);
  });

  it("says for whom there is none, and looks again before it does", async () => {
    const world = new World();
    world.store.values.set("leases/flake.0", "of-another-cluster");
    const keeper = world.keeper("us");
    world.add(keeper, ["a"], 0);
    expect(await keeper.reconcile(everything)).toMatchObject({ refused: [{ reason: "range-full" }] });
    world.store.values.clear();
    expect(await keeper.reconcile(everything)).toMatchObject({ refused: [{ reason: "range-full" }] });
    world.now += 60_000;
    expect(await keeper.reconcile(everything)).toMatchObject({ refused: [] });
    expect(world.leases()).toEqual(numbered({ 0: "a" }));
  });

  it("does not take a store that is away for one that is empty", async () => {
    const world = new World();
    const keeper = world.keeper("us");
    world.add(keeper, ["a"]);
    world.store.onPut = () => away;
    expect(await keeper.reconcile(everything)).toMatchObject({ failures: [{ failure: away }] });
    expect(world.leases()).toEqual({});
    world.store.onPut = undefined;
    expect(await keeper.reconcile(everything)).toEqual({ refused: [], failures: [], pending: false });
    expect(world.leases()).toEqual(numbered({ 0: "a" }));
  });
});
