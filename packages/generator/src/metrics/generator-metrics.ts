import type { EventBus } from "@sluice/core";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { GeneratorState } from "../create-generator.js";

const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Metrics of a generator, fed by its events. Labels are words from our own lists: nothing that asks makes a new one. */
export class GeneratorMetrics implements Disposable {
  readonly registry: Registry = new Registry();
  readonly #listening: readonly Disposable[];

  constructor(events: EventBus, state: GeneratorState) {
    const registers = [this.registry];
    const count = <Label extends string>(
      name: string,
      help: string,
      ...labelNames: Label[]
    ): Counter<Label> => new Counter({ name, help, labelNames, registers });
    const secrets = count(
      "sluice_generator_secrets_total",
      "Secrets by what became of them",
      "outcome",
      "type",
    );
    const paths = count("sluice_generator_paths_total", "Paths that were written");
    const duration = new Histogram({
      name: "sluice_generator_creation_seconds",
      help: "Time to make and write a secret",
      labelNames: ["type"],
      buckets: SECONDS,
      registers,
    });
    const leases = count("sluice_generator_leases_total", "Numbers by what became of them", "outcome");
    const refused = count("sluice_generator_refused_total", "What was asked for and is not done");
    const failures = count("sluice_generator_failures_total", "Difficulties of the generator itself", "what");
    const calls = count("sluice_generator_provider_calls_total", "Reading calls of providers", "provider");
    const gauge = (name: string, help: string, look: () => number): void => {
      const registered: Gauge = new Gauge({ name, help, registers, collect: () => registered.set(look()) });
    };
    gauge("sluice_generator_secrets_pending", "Secrets that are not known to be whole", state.pendingSecrets);
    gauge(
      "sluice_generator_lease_spaces_pending",
      "Spaces of leases with something to be done",
      state.pendingLeases,
    );
    gauge("sluice_generator_leases_held", "Numbers that pods have", state.leasesHeld);
    collectDefaultMetrics({ register: this.registry });

    this.#listening = [
      events.on("secret-generated", ({ type, paths: written, durationMs }) => {
        secrets.inc({ outcome: "created", type });
        paths.inc(written.length);
        duration.observe({ type }, durationMs / 1000);
      }),
      events.on("secret-exists", ({ type }) => secrets.inc({ outcome: "exists", type })),
      events.on("generation-failed", ({ type }) => secrets.inc({ outcome: "failed", type })),
      events.on("lease-claimed", () => leases.inc({ outcome: "claimed" })),
      events.on("lease-released", () => leases.inc({ outcome: "released" })),
      events.on("lease-failed", () => leases.inc({ outcome: "failed" })),
      events.on("wanted-refused", () => refused.inc()),
      events.on("generator-failed", ({ what }) => failures.inc({ what })),
      events.on("provider-called", ({ provider }) => calls.inc({ provider })),
    ];
  }

  [Symbol.dispose](): void {
    for (const listener of this.#listening) listener[Symbol.dispose]();
    this.registry.clear();
  }
}
