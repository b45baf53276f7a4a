import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatEntry, type LedgerEntry, MARK_MS, parseEntry, podKey } from "./ledger-entry.js";
import { leaseIndex, leasePath } from "./lease-space.js";
import { type Claimant, planRound, type RoundState } from "./plan-round.js";

const NOW = 1_000_000;
const pod = (name: string, namespace = "shop") => ({ namespace, name });
const claimant = (name: string, range: readonly [number, number] = [0, 9], namespace = "shop"): Claimant => ({
  pod: pod(name, namespace),
  rangeStart: range[0],
  rangeEnd: range[1],
});
const marked = (name: string, work: "claiming" | "releasing", by: string, age = 0): LedgerEntry => ({
  pod: pod(name),
  mark: { work, by, at: NOW - age },
});

function plan(claimants: readonly Claimant[], state: Partial<RoundState> = {}) {
  return planRound({
    held: new Map(),
    foreign: new Map(),
    knows: () => true,
    alive: new Set(),
    by: "us",
    now: NOW,
    most: 100,
    claimants: new Map(claimants.map((each) => [podKey(each.pod), each])),
    ...state,
  });
}

describe("planRound", () => {
  it("claims the lowest numbers that are free", () => {
    const held = new Map([[1, { pod: pod("there") }]]);
    const foreign = new Map([[2, undefined]]);
    const round = plan([claimant("there"), claimant("a"), claimant("b")], { held, foreign });
    expect(round.claim).toEqual([0, 3]);
    expect(round.change).toEqual(
      new Map([
        [0, marked("a", "claiming", "us")],
        [3, marked("b", "claiming", "us")],
      ]),
    );
    expect(round).toMatchObject({ refused: [], release: [], pending: false });
  });

  it("keeps to each pod's range, and refuses when it is full", () => {
    const round = plan([claimant("a", [5, 5]), claimant("b", [5, 5]), claimant("c", [4, 6])]);
    expect(round.claim).toEqual([5, 4]);
    expect(round.refused).toMatchObject([{ claimant: { pod: { name: "b" } }, reason: "range-full" }]);
  });

  it("refuses a second pod of one name, for readers find leases by it", () => {
    const round = plan([claimant("a"), claimant("a", [0, 9], "other")]);
    expect(round.claim).toEqual([0]);
    expect(round.refused).toMatchObject([{ claimant: { pod: { namespace: "other" } }, reason: "same-name" }]);
  });

  it("takes over what the store has for a pod already", () => {
    const round = plan([claimant("a"), claimant("b")], { foreign: new Map([[7, "b"]]) });
    expect(round.claim).toEqual([0]);
    expect(round.change.get(7)).toEqual({ pod: pod("b") });
  });

  it("releases what no pod wants, when all pods are known and it was not just seen", () => {
    const held = new Map([[3, { pod: pod("gone") }]]);
    expect(plan([], { held }).release).toEqual([{ index: 3, certain: true }]);
    expect(plan([], { held, knows: () => false }).release).toEqual([]);
    expect(plan([], { held, alive: new Set(["shop/gone"]) }).release).toEqual([]);
  });

  it("leaves alone what others work on, until their mark is old", () => {
    const held = (age: number) =>
      new Map([
        [0, marked("a", "claiming", "other", age)],
        [1, marked("b", "releasing", "other", age)],
      ]);
    expect(plan([claimant("a")], { held: held(MARK_MS) })).toMatchObject({
      claim: [],
      release: [],
      pending: true,
    });
    expect(plan([claimant("a")], { held: held(MARK_MS + 1) })).toMatchObject({
      claim: [0],
      release: [{ index: 1, certain: false }],
      pending: false,
    });
  });

  it("goes on with its own work, and ends a release though the pod be there again", () => {
    const held = new Map([
      [0, marked("a", "claiming", "us")],
      [1, marked("b", "releasing", "us")],
      [2, marked("c", "claiming", "us")],
    ]);
    const round = plan([claimant("a"), claimant("b")], { held });
    expect(round.claim).toEqual([0]);
    expect(round.release).toEqual([
      { index: 1, certain: false },
      { index: 2, certain: false },
    ]);
  });

  it("begins no more than it may", () => {
    const round = plan([claimant("a"), claimant("b"), claimant("c")], { most: 2 });
    expect(round).toMatchObject({ claim: [0, 1], pending: true, refused: [] });
  });

  it("never gives a number twice, nor one that is taken or out of range", () => {
    const numbers = fc.array(fc.nat(30), { maxLength: 10 });
    const ranges = fc.array(fc.tuple(fc.nat(30), fc.nat(10)), { maxLength: 30 });
    fc.assert(
      fc.property(numbers, numbers, ranges, (heldNumbers, foreignNumbers, wanted) => {
        const held = new Map(heldNumbers.map((index) => [index, { pod: pod(`held-${index}`) }]));
        const foreign = new Map(foreignNumbers.map((index) => [index, undefined]));
        const claimants = wanted.map(([start, length], at) => claimant(`pod-${at}`, [start, start + length]));
        const { change, claim, refused } = plan(claimants, { held, foreign, knows: () => false });
        expect(new Set(claim).size).toBe(claim.length);
        expect(claim.length + refused.length).toBe(claimants.length);
        for (const index of claim) {
          const name = change.get(index)?.pod.name;
          const { rangeStart = 0, rangeEnd = 0 } = claimants.find((each) => each.pod.name === name) ?? {};
          expect(held.has(index) || foreign.has(index)).toBe(false);
          expect(index >= rangeStart && index <= rangeEnd).toBe(true);
        }
        expect(new Set(claim.map((index) => change.get(index)?.pod.name)).size).toBe(claim.length);
      }),
    );
  });
});

describe("entries of a ledger", () => {
  it.each<LedgerEntry>([
    { pod: pod("web-1") },
    marked("web-1", "claiming", "generator-7"),
    marked("web-1", "releasing", "g"),
  ])("are read as they were written: %j", (entry) => {
    expect(parseEntry(formatEntry(entry))).toEqual(entry);
  });

  it.each(["", "web-1", "a/b/c", "a/b claiming", "a/b claiming us x", "a/b waiting us 1"])(
    "%j is none",
    (text) => {
      expect(parseEntry(text)).toBeUndefined();
    },
  );
});

describe("leasePath and leaseIndex", () => {
  const space = { prefix: "dev/leases/node" };

  it("are each other's reverse, with or without a slash in front", () => {
    expect(leaseIndex(space, leasePath(space, 12))).toBe(12);
    expect(leaseIndex(space, "/dev/leases/node.0")).toBe(0);
    expect(leaseIndex({ prefix: "/dev/leases/node" }, "dev/leases/node.0")).toBe(0);
  });

  it.each(["node", "node.01", "node.x", "node2.1", "node.1.2"])("dev/leases/%s is none", (end) => {
    expect(leaseIndex(space, `dev/leases/${end}`)).toBeUndefined();
  });
});
