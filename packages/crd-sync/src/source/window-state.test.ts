import { expect, it } from "vitest";
import type { UpdateWindow } from "./sync-spec.js";
import { windowOpensAt } from "./window-state.js";

const window = (over: Partial<UpdateWindow>): UpdateWindow => ({
  days: new Set([0, 1, 2, 3, 4, 5, 6]),
  from: 22 * 60,
  to: 4 * 60,
  timeZone: "UTC",
  ...over,
});
const opens = (over: Partial<UpdateWindow>, now: string): string =>
  new Date(windowOpensAt(window(over), Date.parse(now))).toISOString();

// 2026-11-21 is a Saturday.
it.each<[string, Partial<UpdateWindow>, string, string]>([
  ["is open in the evening", {}, "2026-11-21T23:00:30Z", "2026-11-21T23:00:30.000Z"],
  ["is open after midnight", {}, "2026-11-21T03:59:00Z", "2026-11-21T03:59:00.000Z"],
  ["opens the same day", {}, "2026-11-21T04:00:10Z", "2026-11-21T22:00:00.000Z"],
  ["opens on its day", { days: new Set([1]) }, "2026-11-21T23:00:00Z", "2026-11-23T22:00:00.000Z"],
  ["of yesterday is still open", { days: new Set([5]) }, "2026-11-21T01:00:00Z", "2026-11-21T01:00:00.000Z"],
  [
    "opens in a week",
    { days: new Set([6]), from: 60, to: 120 },
    "2026-11-21T03:00:00Z",
    "2026-11-28T01:00:00.000Z",
  ],
  ["goes by its zone", { timeZone: "Asia/Tokyo" }, "2026-11-21T12:59:00Z", "2026-11-21T13:00:00.000Z"],
])("a window %s", (_, over, now, expected) => {
  expect(opens(over, now)).toBe(expected);
});
