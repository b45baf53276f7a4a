import { type EventBus, FAILURE_STATUSES } from "@sluice/core";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { REFUSALS } from "../refusals.js";

/** What is looked at when metrics are asked for. */
export interface BrokerState {
  readonly inFlight: () => number;
  readonly storesReady: () => number;
  readonly storesInvalid: () => number;
  /** What keeps the list of stores from being up to date. */
  readonly storeProblems: () => number;
  readonly leasesKept: () => number;
  /** When the served certificate ends, in milliseconds since the epoch. */
  readonly certificateEndsAt?: () => number | undefined;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** Metrics of a broker, fed by its events. Labels are words from our own lists: nothing that asks makes a new one. */
export class BrokerMetrics implements Disposable {
  readonly registry: Registry = new Registry();
  readonly #listening: readonly Disposable[];

  constructor(events: EventBus, state: BrokerState) {
    const registers = [this.registry];
    const count = <Label extends string>(
      name: string,
      help: string,
      ...labelNames: Label[]
    ): Counter<Label> => new Counter({ name, help, labelNames, registers });
    const time = <Label extends string>(
      name: string,
      help: string,
      ...labelNames: Label[]
    ): Histogram<Label> => new Histogram({ name, help, labelNames, buckets: SECONDS, registers });
    const requests = count("sluice_broker_requests_total", "Requests by what became of them", "outcome");
    const duration = time("sluice_broker_request_seconds", "Time to answer a request", "outcome");
    const refusals = count("sluice_broker_refusals_total", "Refused requests by reason", "reason");
    const replays = count("sluice_broker_replays_total", "Requests for a start that was served", "why");
    const connections = count("sluice_broker_connections_refused_total", "Refused connections", "reason");
    const cluster = count(
      "sluice_broker_cluster_calls_total",
      "Questions to the API server",
      "what",
      "outcome",
    );
    const clusterTime = time(
      "sluice_broker_cluster_call_seconds",
      "Time of the API server to answer",
      "what",
    );
    const calls = count("sluice_broker_provider_calls_total", "Calls of providers", "provider");
    const callTime = time("sluice_broker_provider_call_seconds", "Time of providers to answer", "provider");
    const reads = count("sluice_broker_secrets_total", "Secrets by where they came from", "source");
    const failures = count("sluice_broker_secret_failures_total", "Secrets that could not be had", "status");
    const writes = count("sluice_broker_delivered_writes_total", "Writes of delivered versions", "outcome");
    this.#gauges(state);
    collectDefaultMetrics({ register: this.registry });

    this.#listening = [
      events.on("environment-released", ({ durationMs, replay }) => {
        requests.inc({ outcome: "released" });
        duration.observe({ outcome: "released" }, durationMs / 1000);
        if (replay !== undefined) replays.inc({ why: replay });
      }),
      events.on("environment-refused", ({ durationMs, reason, replay }) => {
        requests.inc({ outcome: "refused" });
        duration.observe({ outcome: "refused" }, durationMs / 1000);
        refusals.inc({ reason: knownReason(reason) });
        if (replay !== undefined) replays.inc({ why: replay });
      }),
      events.on("connections-refused", ({ reason, connections: number }) =>
        connections.inc({ reason }, number),
      ),
      events.on("cluster-asked", ({ what, outcome, durationMs }) => {
        cluster.inc({ what, outcome });
        clusterTime.observe({ what }, durationMs / 1000);
      }),
      events.on("provider-called", ({ provider, durationMs }) => {
        calls.inc({ provider });
        callTime.observe({ provider }, durationMs / 1000);
      }),
      events.on("secret-resolved", ({ source }) => reads.inc({ source })),
      events.on("secret-failed", ({ status }) => failures.inc({ status })),
      events.on("delivered-versions-written", ({ failure }) =>
        writes.inc({ outcome: failure === undefined ? "ok" : "failed" }),
      ),
    ];
    for (const status of FAILURE_STATUSES) failures.inc({ status }, 0);
  }

  #gauges({ certificateEndsAt, ...state }: BrokerState): void {
    const gauge = (name: string, help: string, look: () => number | undefined): void => {
      const registered = new Gauge({
        name,
        help,
        registers: [this.registry],
        collect: () => {
          const value = look();
          if (value !== undefined) registered.set(value);
        },
      });
    };
    gauge("sluice_broker_requests_in_flight", "Requests being answered", state.inFlight);
    gauge("sluice_broker_stores_ready", "Stores that can be used", state.storesReady);
    gauge("sluice_broker_stores_invalid", "Stores that cannot be used", state.storesInvalid);
    gauge("sluice_broker_store_problems", "Why stores are not up to date", state.storeProblems);
    gauge("sluice_broker_leases_kept", "Leases kept for pods", state.leasesKept);
    gauge("sluice_broker_certificate_end_seconds", "When the served certificate ends, Unix time", () => {
      const endsAt = certificateEndsAt?.();
      return endsAt === undefined ? undefined : endsAt / 1000;
    });
  }

  [Symbol.dispose](): void {
    for (const listener of this.#listening) listener[Symbol.dispose]();
    this.registry.clear();
  }
}

/** Reasons that come before the broker's own rules; docs/spec/protocol-v1.md, section 2. */
const OF_PROTOCOL = new Set([
  "malformed-request",
  "oversized-body",
  "slow-body",
  "broken-body",
  "unknown-path",
  "wrong-method",
  "wrong-content-type",
  "protocol-too-new",
  "internal",
]);

function knownReason(reason: string): string {
  return Object.hasOwn(REFUSALS, reason) || OF_PROTOCOL.has(reason) ? reason : "secret-failed";
}
