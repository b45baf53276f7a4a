import { expect, it } from "vitest";
import { ticketFor } from "../release/decide-release.js";
import type { ObservedContainer } from "../release/observed-container.js";
import { isEarlierStart } from "./is-earlier-start.js";

const T0 = 1_700_000_000_000;
const base = { ephemeral: false, ranBefore: true } as const;
const first: ObservedContainer = { ...base, state: "waiting", restarts: 0, ranBefore: false };
const running = (restarts: number, startedAt: number): ObservedContainer => ({
  ...base,
  state: "running",
  restarts,
  startedAt,
  instance: `c-${restarts}`,
});
const ended = (restarts: number): ObservedContainer => ({
  ...base,
  state: "terminated",
  restarts,
  instance: `c-${restarts}`,
});
const crashed = (restarts: number): ObservedContainer => ({ ...ended(restarts), state: "waiting" });

it.each([
  ["itself, that runs now", first, running(0, T0 + 1_000), false],
  ["itself, though it is not reported yet", first, first, false],
  ["itself, that has ended and is not started again", first, ended(0), true],
  ["itself, that crashed", first, crashed(1), true],
  ["the one before that which runs", first, running(1, T0 + 60_000), true],
  ["the second, that runs now", ended(0), running(1, T0 + 1_000), false],
  ["the second, of which the end of the first is still reported", ended(0), ended(0), false],
  ["the second, that crashed", ended(0), crashed(2), true],
  // The kubelet lags: the first was reported as running when the second was served already.
  [
    "the one that runs, served when the one before was reported",
    running(0, T0 - 9_000),
    running(1, T0),
    false,
  ],
  ["the same, when a third runs", running(0, T0 - 9_000), running(2, T0 + 60_000), true],
  // The count is the kubelet's best effort.
  ["one whose count began anew", crashed(4), running(0, T0 + 60_000), false],
])("what was served to %s", (_, then, now, expected) => {
  expect(isEarlierStart({ ticket: ticketFor(then, "n"), servedAt: T0 }, now, T0 + 61_000)).toBe(expected);
});

it("an end that is reported soon after may be that of the start before", () => {
  const served = { ticket: ticketFor(running(0, T0 - 9_000), "n"), servedAt: T0 };
  for (const observed of [ended(0), crashed(1)]) {
    expect(isEarlierStart(served, observed, T0 + 59_000)).toBe(false);
    expect(isEarlierStart(served, observed, T0 + 61_000)).toBe(true);
  }
});
