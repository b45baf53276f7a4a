import type { NextLook } from "../engine/sync-reconciler.js";
import { outputVersion } from "../engine/output-version.js";
import type { SyncTable } from "../engine/sync-table.js";
import type { OutputTable } from "../output/output-table.js";
import { Restarter, type RestarterDependencies } from "./restarter.js";
import type { RestartOptions } from "./restart-options.js";
import { WorkloadTable } from "./workload-table.js";
import { type WorkloadWatch, workloadWatches } from "./workload-watches.js";

export interface RestartsDependencies extends Omit<
  RestarterDependencies,
  "options" | "workloads" | "versionOf" | "now"
> {
  readonly outputs: OutputTable;
  readonly syncs: SyncTable;
}

/** The workloads that a session restarts: what is known of them, and who looks at them. */
export class Restarts {
  readonly #options: RestartOptions;
  readonly #workloads: WorkloadTable;
  readonly #restarter: Restarter;
  readonly #syncs: SyncTable;

  constructor(options: RestartOptions, { outputs, syncs, ...given }: RestartsDependencies) {
    this.#options = options;
    this.#syncs = syncs;
    this.#workloads = new WorkloadTable(options.parseGiven);
    this.#restarter = new Restarter({
      ...given,
      options,
      workloads: this.#workloads,
      versionOf: (key) => outputVersion(key, outputs, syncs),
      now: () => Date.now(),
    });
  }

  ids(): Iterable<string> {
    return this.#workloads.ids();
  }

  has(id: string): boolean {
    return this.#workloads.has(id);
  }

  /** Rejects only when the signal aborts. */
  async look(id: string, signal: AbortSignal): Promise<NextLook> {
    return this.#restarter.look(id, signal);
  }

  /** What is watched in a namespace, or in all. */
  watches(labelSelector: string, namespace: string | undefined): readonly WorkloadWatch[] {
    const { givenLabel } = this.#options;
    const where = { labelSelector, givenLabel, ...(namespace !== undefined && { namespace }) };
    return workloadWatches(this.#workloads, where);
  }

  /** Workloads that use what a sync writes. */
  usersOf(sync: string): string[] {
    const known = this.#syncs.find(sync);
    if (known === undefined) return [];
    const { namespace = "" } = known.object.metadata;
    const { outputs } = known.source.recall(known.object);
    return this.#workloads.usersOf(outputs.map(({ kind, name }) => ({ kind, namespace, name })));
  }
}
