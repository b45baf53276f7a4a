import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignLeases, type Claimant } from "./assign-leases.js";
import { leaseIndex, leasePath } from "./lease-names.js";

const claimant = (name: string, [rangeStart, rangeEnd] = [0, 9], namespace = "shop"): Claimant => ({
  pod: { namespace, name },
  rangeStart: rangeStart ?? 0,
  rangeEnd: rangeEnd ?? 9,
});

describe("assignLeases", () => {
  it("gives the lowest numbers that are free", () => {
    const held = new Map([[1, { namespace: "shop", name: "there" }]]);
    const { assigned, refused } = assignLeases([claimant("a"), claimant("b"), claimant("c")], held, new Set([2]));
    expect(Array.from(assigned, ([index, { name }]) => [index, name])).toEqual([
      [0, "a"],
      [3, "b"],
      [4, "c"],
    ]);
    expect(refused).toEqual([]);
  });

  it("leaves who has one alone", () => {
    const held = new Map([[7, { namespace: "shop", name: "a" }]]);
    expect(assignLeases([claimant("a")], held, new Set()).assigned.size).toBe(0);
  });

  it("keeps to each pod's range, and refuses when it is full", () => {
    const { assigned, refused } = assignLeases(
      [claimant("a", [5, 5]), claimant("b", [5, 5]), claimant("c", [4, 6])],
      new Map(),
      new Set(),
    );
    expect(Array.from(assigned.keys())).toEqual([5, 4]);
    expect(refused).toMatchObject([{ claimant: { pod: { name: "b" } }, reason: "range-full" }]);
  });

  it("refuses a second pod of one name, for readers find leases by it", () => {
    const { assigned, refused } = assignLeases(
      [claimant("a"), claimant("a", [0, 9], "other")],
      new Map(),
      new Set(),
    );
    expect(assigned.size).toBe(1);
    expect(refused).toMatchObject([{ claimant: { pod: { namespace: "other" } }, reason: "same-name" }]);
  });

  it("never gives a number twice, nor one that is taken or out of range", () => {
    const numbers = fc.array(fc.nat(30), { maxLength: 10 });
    const ranges = fc.array(fc.tuple(fc.nat(30), fc.nat(10)), { maxLength: 30 });
    fc.assert(
      fc.property(numbers, numbers, ranges, (heldNumbers, foreignNumbers, wanted) => {
        const held = new Map(heldNumbers.map((index) => [index, { namespace: "shop", name: `held-${index}` }]));
        const foreign = new Set(foreignNumbers);
        const claimants = wanted.map(([start, length], at) => claimant(`pod-${at}`, [start, start + length]));
        const { assigned, refused } = assignLeases(claimants, held, foreign);
        expect(assigned.size + refused.length).toBe(claimants.length);
        for (const [index, { name }] of assigned) {
          const { rangeStart = 0, rangeEnd = 0 } = claimants.find(({ pod }) => pod.name === name) ?? {};
          expect(held.has(index) || foreign.has(index)).toBe(false);
          expect(index >= rangeStart && index <= rangeEnd).toBe(true);
        }
        expect(new Set(Array.from(assigned.values(), ({ name }) => name)).size).toBe(assigned.size);
      }),
    );
  });
});

describe("leasePath and leaseIndex", () => {
  it("are each other's reverse, with or without a slash in front", () => {
    const space = { prefix: "dev/leases/node" };
    expect(leaseIndex(space, leasePath(space, 12))).toBe(12);
    expect(leaseIndex(space, "/dev/leases/node.0")).toBe(0);
    for (const path of ["dev/leases/node", "dev/leases/node.01", "dev/leases/node.x", "dev/leases/node2.1", "dev/leases/node.1.2"])
      expect(leaseIndex(space, path)).toBeUndefined();
  });
});
