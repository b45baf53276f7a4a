import { expect, it } from "vitest";
import { parseWindow } from "./parse-window.js";
import { RestartTiming } from "./restart-timing.js";
import type { Workload } from "./workload.js";

const NOON = Date.parse("2026-11-21T12:00:00Z");
const HOUR = 3_600_000;
const workload = (more: Partial<Workload> = {}): Workload => ({
  kind: "Deployment",
  namespace: "shop",
  name: "web",
  uid: "u",
  serviceAccount: "default",
  uses: [],
  ...more,
});
const changed = (isBrokers: boolean) => [{ name: "Secret shop/db", version: "2", isBrokers }];

it("a Secret's change counts at once, a broker's when it can give nothing older any more", () => {
  let now = NOON;
  const timing = new RestartTiming({ settleMs: 1_000 }, () => now);
  expect(timing.of(workload(), changed(false), "a")).toEqual({ kind: "now" });
  const later = { kind: "at", at: NOON + 1_000, isForWindow: false };
  expect(timing.of(workload(), changed(true), "b")).toEqual(later);
  now += 500;
  expect(timing.of(workload(), changed(true), "b")).toEqual(later);
  now += 500;
  expect(timing.of(workload(), changed(true), "b")).toEqual({ kind: "now" });
  // It changes again: what was settled is not.
  expect(timing.of(workload(), changed(true), "c")).toMatchObject({ at: NOON + 2_000 });
});

it("one workload is not restarted again at once", () => {
  const timing = new RestartTiming({ everyMs: HOUR }, () => NOON);
  const restartedAt = "2026-11-21T11:30:00Z";
  expect(timing.of(workload({ restartedAt }), changed(false), "a")).toEqual({
    kind: "at",
    at: NOON + HOUR / 2,
    isForWindow: false,
  });
});

it("waits for its own window, else for that of all", () => {
  const all = parseWindow("14:00-15:00");
  const timing = new RestartTiming(all === undefined ? {} : { window: all }, () => NOON);
  const at = (hours: number) => ({ kind: "at", at: NOON + hours * HOUR, isForWindow: true });
  expect(timing.of(workload(), changed(false), "a")).toEqual(at(2));
  expect(timing.of(workload({ window: "13:00-13:30" }), changed(false), "a")).toEqual(at(1));
  expect(timing.of(workload({ window: "11:00-13:30" }), changed(false), "a")).toEqual({ kind: "now" });
  expect(timing.of(workload({ window: "at night" }), changed(false), "a")).toMatchObject({ kind: "never" });
});
