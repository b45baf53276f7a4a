import { expect, it } from "vitest";
import { RecentlyUsed } from "./recently-used.js";

it("lets go of what was used longest ago", () => {
  const values = new RecentlyUsed<number>(2);
  values.set("a", 1);
  values.set("b", 2);
  expect(values.get("a")).toBe(1);
  values.set("c", 3);
  expect(["a", "b", "c"].map((key) => values.get(key))).toEqual([1, undefined, 3]);
});

it("forgets a value only while it is the one", () => {
  const values = new RecentlyUsed<number>(2);
  values.set("a", 1);
  values.forget("a", 2);
  expect(values.get("a")).toBe(1);
  values.forget("a", 1);
  expect(values.get("a")).toBeUndefined();
});
