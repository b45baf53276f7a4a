import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { seldom, type Tell } from "./seldom.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("tells the same once in a while, and what is different at once", () => {
  const told = vi.fn<Tell>();
  const tell = seldom(1_000, told);
  for (let count = 0; count < 10; count += 1) tell({ store: "a" }, "fails");
  tell({ store: "b" }, "fails");
  expect(told.mock.calls).toEqual([
    [{ store: "a" }, "fails"],
    [{ store: "b" }, "fails"],
  ]);
  vi.advanceTimersByTime(1_000);
  tell({ store: "a" }, "fails");
  expect(told).toHaveBeenCalledTimes(3);
});

it("remembers so many, and forgets rather than grows", () => {
  const told = vi.fn<Tell>();
  const tell = seldom(1_000_000, told);
  for (let count = 0; count <= 1_000; count += 1) tell({ store: String(count) }, "fails");
  tell({ store: "1000" }, "fails");
  expect(told).toHaveBeenCalledTimes(1_001);
});
