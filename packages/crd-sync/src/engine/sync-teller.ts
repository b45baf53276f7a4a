import type { EventBus } from "@sluice/core";
import { applyObject, type EventRecorder, type KubernetesClient, KubernetesError } from "@sluice/kubernetes";
import { type OutputKey, outputId } from "../output/desired-output.js";
import { sourceId, type SyncOwner } from "../output/source-mark.js";
import { failureOfThrown } from "../source/sync-failure.js";
import type { SyncReport } from "../source/sync-report.js";
import type { OutputChange } from "./sync-events.js";
import { packSync } from "./pack-sync.js";
import { type KnownSync, ownerOf, type SyncTable } from "./sync-table.js";

/** Who owns the statuses. */
const STATUS_MANAGER = "sluice-sync";

export interface TellerDependencies {
  readonly client: KubernetesClient;
  readonly syncs: SyncTable;
  readonly recorder: EventRecorder;
  readonly events: EventBus;
  /** Time for one call of the API, in milliseconds. */
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** What an event is about: a sync, also one that is gone. */
type Subject = Omit<SyncOwner, "generation">;

/** Tells the cluster what becomes of syncs: by their status, and by events about them. */
export class SyncTeller {
  readonly #given: TellerDependencies;
  readonly #reasons = new Map<string, string>();

  constructor(given: TellerDependencies) {
    this.#given = given;
  }

  /** The sync is gone. */
  forget(id: string): void {
    this.#reasons.delete(id);
    this.#given.events.emit("sync-forgotten", { sync: id });
  }

  /** Whether something was told of this sync since this replica leads. */
  knows(id: string): boolean {
    return this.#reasons.has(id);
  }

  /** An output was written. */
  async written(owner: Subject, output: OutputKey, what: OutputChange, signal: AbortSignal): Promise<void> {
    this.#given.events.emit("output-written", { sync: sourceId(owner), output, what });
    const reason = `Output${what.charAt(0).toUpperCase()}${what.slice(1)}`;
    await this.#record(owner, "Normal", reason, `${outputId(output)} was ${what}`, signal);
  }

  /** An output stays, though its sync is gone, or writes into it no more. */
  async left(owner: Subject, output: OutputKey, signal: AbortSignal): Promise<void> {
    const note = `${outputId(output)} stays, as creationPolicy: Orphan says`;
    await this.#record(owner, "Normal", "OutputOrphaned", note, signal);
  }

  /** Writes what became of a sync, if its status does not say so already. Whether it did not. @throws {KubernetesError} */
  async tell(known: KnownSync, report: SyncReport, signal: AbortSignal): Promise<boolean> {
    const { client, syncs, now, timeoutMs } = this.#given;
    const { source, id } = known;
    const owner = ownerOf(known);
    const { reason, holds, message } = report.synced;
    const before = this.#reasons.get(id);
    this.#reasons.set(id, reason);
    if (before !== reason && (!holds || before !== undefined))
      await this.#record(owner, holds ? "Normal" : "Warning", reason, message, signal);
    const { object } = syncs.find(id) ?? known;
    const status = source.statusOf(object, report, now());
    if (status === undefined) return false;
    const { apiVersion, kind, namespace, name, uid } = owner;
    try {
      const written = await applyObject(
        client,
        source.resource(namespace),
        { apiVersion, kind, metadata: { name, namespace, uid } as { name: string }, status },
        { fieldManager: STATUS_MANAGER, force: true, subresource: "status" },
        { signal, timeoutMs },
      );
      syncs.update(id, packSync(source, written));
      return true;
    } catch (error) {
      // It is gone, or another one of its name is there, which is told.
      if (KubernetesError.isInstance(error) && (error.status === 404 || error.status === 409)) return false;
      throw error;
    }
  }

  async #record(
    { apiVersion, kind, namespace, name, uid }: Subject,
    type: "Normal" | "Warning",
    reason: string,
    note: string,
    signal: AbortSignal,
  ): Promise<void> {
    const regarding = { apiVersion, kind, namespace, name, uid };
    const { recorder, events, timeoutMs } = this.#given;
    try {
      await recorder.record({ regarding, type, reason, action: "Sync", note }, { signal, timeoutMs });
    } catch (thrown) {
      signal.throwIfAborted();
      events.emit("sync-problem", { what: "events", message: failureOfThrown(thrown).message });
    }
  }
}
