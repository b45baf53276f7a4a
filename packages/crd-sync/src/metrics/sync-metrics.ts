import type { EventBus } from "@sluice/core";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { SyncState } from "../engine/create-sync-controller.js";
import { SYNC_REASONS, type SyncReason } from "../source/sync-report.js";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Metrics of a controller, fed by its events. Labels are words from our own lists: nothing that asks makes a new one. */
export class SyncMetrics implements Disposable {
  readonly registry: Registry = new Registry();
  readonly #listening: readonly Disposable[];
  /** The last reason of each sync, so that they can be counted. */
  readonly #reasons = new Map<string, SyncReason>();

  constructor(events: EventBus, state: SyncState) {
    const registers = [this.registry];
    const count = <Label extends string>(
      name: string,
      help: string,
      ...labelNames: Label[]
    ): Counter<Label> => new Counter({ name, help, labelNames, registers });
    const done = count("sluice_sync_reconciles_total", "Looks at syncs by what they came to", "reason");
    const time = new Histogram({
      name: "sluice_sync_reconcile_seconds",
      help: "Time of a look at a sync",
      buckets: SECONDS,
      registers,
    });
    const writes = count("sluice_sync_outputs_written_total", "Writes of outputs", "what");
    const statuses = count("sluice_sync_statuses_written_total", "Writes of statuses");
    const calls = count("sluice_sync_provider_calls_total", "Calls of providers", "provider");
    const listings = count("sluice_sync_provider_listings_total", "Listings of stores", "complete");
    const pages = count("sluice_sync_provider_listed_pages_total", "Pages of listings");
    const failures = count("sluice_sync_secret_failures_total", "Secrets that could not be had", "status");
    const restarts = count("sluice_sync_restarts_total", "Restarts of workloads");
    const problems = count(
      "sluice_sync_problems_total",
      "What did not work besides syncs, and is tried again",
    );
    this.#gauges(state);
    collectDefaultMetrics({ register: this.registry });
    this.#listening = [
      events.on("sync-reconciled", ({ sync, reason, durationMs, told }) => {
        this.#reasons.set(sync, reason);
        done.inc({ reason });
        time.observe(durationMs / 1000);
        if (told) statuses.inc();
      }),
      events.on("sync-forgotten", ({ sync }) => this.#reasons.delete(sync)),
      events.on("output-written", ({ what }) => writes.inc({ what })),
      events.on("provider-called", ({ provider }) => calls.inc({ provider })),
      events.on("store-listed", ({ complete, pages: read }) => {
        listings.inc({ complete: String(complete) });
        pages.inc(read);
      }),
      events.on("secret-failed", ({ status }) => failures.inc({ status })),
      events.on("workload-restarted", () => restarts.inc()),
      events.on("sync-problem", () => problems.inc()),
    ];
  }

  #gauges(state: SyncState): void {
    const registers = [this.registry];
    const gauge = (name: string, help: string, look: () => number): void => {
      const registered: Gauge = new Gauge({ name, help, registers, collect: () => registered.set(look()) });
    };
    gauge("sluice_sync_leading", "Whether this replica leads", () => Number(state.isLeading()));
    gauge("sluice_sync_objects", "Objects that ask for syncs", state.syncs);
    gauge("sluice_sync_outputs", "Objects that syncs write", state.outputs);
    gauge("sluice_sync_waiting", "Syncs that wait for a place", state.waiting);
    gauge("sluice_sync_running", "Syncs being done", state.running);
    gauge("sluice_sync_paused", "Syncs that wait for their time", state.paused);
    gauge("sluice_sync_stores_open", "Stores that are open", state.openStores);
    const byReason = new Gauge({
      name: "sluice_sync_syncs",
      help: "Syncs by what they came to last; DeletionStopped: too much of a store is gone at once",
      labelNames: ["reason"],
      registers,
      collect: () => {
        const counts = Map.groupBy(this.#reasons.values(), (reason) => reason);
        for (const reason of SYNC_REASONS) byReason.set({ reason }, counts.get(reason)?.length ?? 0);
      },
    });
  }

  [Symbol.dispose](): void {
    for (const listener of this.#listening) listener[Symbol.dispose]();
    this.registry.clear();
  }
}
