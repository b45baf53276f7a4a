import { createEventBus } from "@sluice/core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ThrottledRefusals } from "./throttled-refusals.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched() {
  const events = createEventBus();
  const told: string[] = [];
  events.on("connections-refused", ({ remoteAddress, reason, connections }) =>
    told.push(`${connections} ${reason} ${remoteAddress}`),
  );
  return { refusals: new ThrottledRefusals(events, 1_000), told };
}

it("tells of the first at once, and of those that follow together", () => {
  const { refusals, told } = watched();
  for (let count = 0; count < 100; count += 1) refusals.add("10.0.0.1", "flood");
  refusals.add("10.0.0.2", "flood");
  refusals.add("10.0.0.1", "broken-tls");
  expect(told).toEqual(["1 flood 10.0.0.1", "1 flood 10.0.0.2", "1 broken-tls 10.0.0.1"]);
  vi.advanceTimersByTime(1_000);
  expect(told.slice(3)).toEqual(["99 flood 10.0.0.1"]);
  refusals.add("10.0.0.1", "flood");
  expect(told.slice(4)).toEqual(["1 flood 10.0.0.1"]);
});

it("forgets none when addresses are many, or when it ends", () => {
  const { refusals, told } = watched();
  for (let round = 0; round < 2; round += 1)
    for (let number = 0; number < 1_200; number += 1) refusals.add(`10.0.${number}`, "flood");
  refusals.add("10.0.1199", "flood");
  refusals[Symbol.dispose]();
  const total = told.reduce((sum, line) => sum + Number(line.split(" ")[0]), 0);
  expect(total).toBe(2_401);
});
