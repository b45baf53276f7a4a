import { describe, expect, it } from "vitest";
import {
  type DeliveredVersion,
  formatRecord,
  outdatedKeys,
  parseRecords,
  recordKey,
  recordName,
} from "./delivered-record.js";
import { controllerIn } from "./top-controller.js";

const AT = Date.parse("2026-11-21T12:00:00Z");
const record = (change: Partial<DeliveredVersion> = {}): DeliveredVersion => ({
  container: "web",
  reference: "secret://prod/db#password",
  version: "7",
  at: AT,
  ...change,
});
const dataOf = (records: readonly DeliveredVersion[]) =>
  Object.fromEntries(records.map((one) => [recordKey(one), formatRecord(one)]));

describe("a record", () => {
  it("is read as it was written, with a version and without", () => {
    const { version: _, ...without } = record({ container: "worker" });
    const records = [record(), without];
    expect(parseRecords(dataOf(records))).toEqual(records);
  });

  it("has a key of its own for every container, reference and version", () => {
    const { version: _, ...without } = record();
    const all = [
      record(),
      record({ version: "8" }),
      record({ container: "b" }),
      record({ reference: "x" }),
      without,
    ];
    const keys = all.map(recordKey);
    expect(new Set(keys).size).toBe(all.length);
    for (const key of keys) expect(key).toMatch(/^[-._a-zA-Z0-9]{1,253}$/);
    expect(recordKey(record({ at: 1 }))).toBe(recordKey(record({ at: 2 })));
  });

  it("of somebody else's is passed over", () => {
    const key = recordKey(record());
    expect(parseRecords({ [key]: "{", a: formatRecord(record()), [`${key}0`]: "null" })).toEqual([]);
    expect(parseRecords({ [key]: "[1]" })).toEqual([]);
    expect(parseRecords(undefined)).toEqual([]);
  });
});

it("goes when five later versions were delivered", () => {
  const versions = Array.from({ length: 8 }, (_, age) => record({ version: String(age), at: AT - age }));
  const others = [
    record({ container: "b", at: AT - 100 }),
    record({ reference: "secret://x/y", at: AT - 100 }),
  ];
  const outdated = outdatedKeys(dataOf([...versions, ...others]));
  expect(outdated).toEqual(versions.slice(5).map(recordKey));
});

it("goes when there are too many of them, the oldest first", () => {
  const many = Array.from({ length: 2_003 }, (_, age) =>
    record({ reference: `secret://a/${age}`, at: AT - age }),
  );
  expect(outdatedKeys(dataOf(many))).toEqual(many.slice(2_000).map(recordKey));
});

describe("the name of what holds them", () => {
  const workload = { apiVersion: "apps/v1", kind: "Deployment", name: "shop", uid: "u" };
  it("is a name for any workload, and another for one made anew", () => {
    const names = [
      workload,
      { ...workload, uid: "v" },
      { ...workload, name: "a".repeat(253) },
      { ...workload, name: `${"a".repeat(188)}.${"b".repeat(64)}` },
    ].map(recordName);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) {
      expect(name.length).toBeLessThanOrEqual(253);
      expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
    }
    expect(names[0]).toMatch(/^sluice-delivered-deployment-shop-[0-9a-f]{10}$/);
  });
});

it("belongs to the owner that controls", () => {
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "a", uid: "1" };
  expect(
    controllerIn([
      { ...owner, uid: "2" },
      { ...owner, controller: true },
    ]),
  ).toEqual(owner);
  expect(controllerIn([owner])).toBeUndefined();
  expect(controllerIn()).toBeUndefined();
});
