import type { EventBus, SecretResolver } from "@sluice/core";
import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { FilesWrittenEvent } from "../sidecar-events.js";

/** Metrics of a sidecar, fed by its events. Labels are words from our own lists, and the names of configured stores. */
export class SidecarMetrics implements Disposable {
  readonly registry: Registry = new Registry();
  readonly #listening: readonly Disposable[];
  /** By store, when it last gave something, in milliseconds since the epoch. */
  readonly #contacts = new Map<string, number>();

  constructor(events: EventBus, resolver: SecretResolver) {
    const registers = [this.registry];
    const count = <Label extends string>(
      name: string,
      help: string,
      ...labelNames: Label[]
    ): Counter<Label> => new Counter({ name, help, labelNames, registers });
    const written = count("sluice_sidecar_files_written_total", "Files that were exchanged.");
    const failed = count(
      "sluice_sidecar_writes_failed_total",
      "Times that changes could not be made into files.",
    );
    const told = count("sluice_sidecar_told_total", "Apps told of changes.", "action", "outcome");
    const leases = count("sluice_sidecar_leases_total", "What became of leases.", "outcome");
    const gateway = count(
      "sluice_sidecar_gateway_answers_total",
      "Answers of a gateway with a cache: from the cache, or not.",
      "cache",
    );
    const contacts = this.#contacts;
    const held: Gauge = new Gauge({
      name: "sluice_sidecar_leases_held",
      help: "Leases behind the files.",
      registers: [],
      collect: (): void => held.set(resolver.leases.held().length),
    });
    const age: Gauge<"store"> = new Gauge({
      name: "sluice_sidecar_age_seconds",
      help: "Time since a store last gave something: how old its part of the files may be.",
      labelNames: ["store"],
      registers: [],
      collect: (): void => {
        for (const [store, at] of contacts) age.set({ store }, (Date.now() - at) / 1000);
      },
    });
    for (const gauge of [held, age]) this.registry.registerMetric(gauge);
    collectDefaultMetrics({ register: this.registry });
    const touch = ({ store }: { readonly store: string }): unknown => contacts.set(store, Date.now());
    this.#listening = [
      events.on("files-written", ({ files }: FilesWrittenEvent) => written.inc(files.length)),
      events.on("files-not-written", () => failed.inc()),
      events.on("app-told", ({ action }) => told.inc({ action, outcome: "told" })),
      events.on("app-not-told", ({ action, isLast }) =>
        told.inc({ action, outcome: isLast ? "failed" : "retried" }),
      ),
      events.on("gateway-answered", ({ cache }) => gateway.inc({ cache })),
      events.on("provider-called", (event) => event.found > 0 && touch(event)),
      events.on("store-listed", (event) => event.complete && touch(event)),
      events.on("lease-renewed", (event) => {
        touch(event);
        leases.inc({ outcome: "renewed" });
      }),
      events.on("lease-renewal-failed", () => leases.inc({ outcome: "renewal-failed" })),
      events.on("lease-lost", () => leases.inc({ outcome: "lost" })),
      events.on("lease-revoked", ({ outcome }) =>
        leases.inc({ outcome: outcome === "revoked" ? "revoked" : "not-revoked" }),
      ),
    ];
  }

  [Symbol.dispose](): void {
    for (const listening of this.#listening) listening[Symbol.dispose]();
    this.registry.clear();
  }
}
