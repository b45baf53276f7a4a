import type { EventBus } from "../events/event-bus.js";
import { openTelemetry, SCOPE } from "./open-telemetry.js";
import { SECONDS } from "./record-duration.js";

/** Feeds instruments of OpenTelemetry from events, where that is in use. No label is a reference, an identity or a path. */
export function recordMetrics(events: EventBus): Disposable {
  const meter = openTelemetry()?.metrics.getMeter(SCOPE);
  if (meter === undefined) return { [Symbol.dispose]: () => undefined };
  const calls = meter.createHistogram("sluice.provider.call.duration", {
    unit: "s",
    description: "Time of a call of a provider, one try",
    advice: SECONDS,
  });
  const resolved = meter.createCounter("sluice.secrets.resolved", {
    description: "Secrets that were found, by where they came from",
  });
  const failed = meter.createCounter("sluice.secrets.failed", {
    description: "Secrets that could not be had, by outcome",
  });
  const retries = meter.createCounter("sluice.provider.retries", {
    description: "Calls that were scheduled once more",
  });
  const changes = meter.createCounter("sluice.secrets.changed", {
    description: "Changes of watched secrets",
  });
  const leases = meter.createCounter("sluice.leases", { description: "What became of leases" });
  const listening = [
    events.on("provider-called", ({ provider, store, durationMs }) =>
      calls.record(durationMs / 1000, { provider, store }),
    ),
    events.on("secret-resolved", ({ store, source }) => resolved.add(1, { store, source })),
    events.on("secret-failed", ({ store, status }) => failed.add(1, { store, status })),
    events.on("retry-scheduled", ({ store }) => retries.add(1, { store })),
    events.on("secret-changed", ({ store, kind }) => changes.add(1, { store, kind })),
    events.on("lease-renewed", ({ store }) => leases.add(1, { store, outcome: "renewed" })),
    events.on("lease-renewal-failed", ({ store }) => leases.add(1, { store, outcome: "renewal-failed" })),
    events.on("lease-lost", ({ store }) => leases.add(1, { store, outcome: "lost" })),
    events.on("lease-revoked", ({ store, outcome }) => leases.add(1, { store, outcome })),
  ];
  return { [Symbol.dispose]: () => listening.forEach((each) => each[Symbol.dispose]()) };
}
