import { createEventBus } from "@sluice/core";
import { expect, it } from "vitest";
import { BrokerMetrics, type BrokerState } from "./broker-metrics.js";

const STATE: BrokerState = {
  inFlight: () => 3,
  storesReady: () => 2,
  storesInvalid: () => 1,
  storeProblems: () => 0,
  leasesKept: () => 4,
  certificateEndsAt: () => 1_800_000_000_000,
};
const ASKED = { requestId: "r", remoteAddress: "10.0.0.1", durationMs: 3, status: 403, message: "m" };

it("has no label that who asks, or a store, can make up", async () => {
  const events = createEventBus();
  using metrics = new BrokerMetrics(events, STATE);
  for (const reason of ["replay", "malformed-request", "answer-too-large", "CANARY-1", "constructor"])
    events.emit("environment-refused", { ...ASKED, reason });
  const text = await metrics.registry.metrics();
  const reasons = Array.from(
    text.matchAll(/refusals_total\{reason="([^"]*)"\} (\d+)/g),
    ([, reason, count]) => [reason, Number(count)],
  );
  expect(reasons).toEqual([
    ["replay", 1],
    ["malformed-request", 1],
    ["answer-too-large", 1],
    ["secret-failed", 2],
  ]);
  expect(text).not.toContain("10.0.0.1");
});

it("shows what is at the moment, and nothing once it is over", async () => {
  const events = createEventBus();
  const metrics = new BrokerMetrics(events, STATE);
  const text = await metrics.registry.metrics();
  for (const line of [
    "sluice_broker_requests_in_flight 3",
    "sluice_broker_stores_ready 2",
    "sluice_broker_stores_invalid 1",
    "sluice_broker_store_problems 0",
    "sluice_broker_leases_kept 4",
    "sluice_broker_certificate_end_seconds 1800000000",
  ])
    expect(text).toContain(`${line}\n`);
  metrics[Symbol.dispose]();
  events.emit("environment-refused", { ...ASKED, reason: "replay" });
  expect(await metrics.registry.metrics()).not.toContain("refusals_total{");
});
