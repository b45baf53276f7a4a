import type { KeyObject } from "node:crypto";
import type { EventBus } from "@sluice/core";
import {
  applyObject,
  type EventRecorder,
  type KubernetesClient,
  KubernetesError,
  kubernetesTime,
} from "@sluice/kubernetes";
import type { NextLook } from "../engine/sync-reconciler.js";
import { outputId } from "../output/desired-output.js";
import { failureOfThrown } from "../source/sync-failure.js";
import type { StoreReader } from "../stores/store-reader.js";
import { compareVersions } from "./compare-versions.js";
import { RestartBudget } from "./restart-budget.js";
import type { RestartOptions } from "./restart-options.js";
import { RestartTiming } from "./restart-timing.js";
import { formatSeen, parseSeen, type SeenVersions, shortHash } from "./seen-versions.js";
import { usedReferences } from "./used-references.js";
import { type UsedVersion, UsedVersions } from "./used-versions.js";
import type { WorkloadTable } from "./workload-table.js";
import {
  RESTARTED_AT,
  RESTARTED_FOR,
  SEEN_ANNOTATION,
  type Workload,
  workloadId,
  workloadResource,
} from "./workload.js";

const FIELD_MANAGER = "sluice-restart";

export interface RestarterDependencies {
  readonly client: KubernetesClient;
  readonly options: RestartOptions;
  readonly workloads: WorkloadTable;
  readonly reader: StoreReader;
  /** What an object that syncs write is at present; `undefined` if none does, or it is not known. */
  readonly versionOf: (key: Workload["uses"][number]) => string | undefined;
  readonly hashKey: KeyObject;
  readonly recorder: EventRecorder;
  readonly events: EventBus;
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** Restarts workloads whose secrets have changed, each once, as its pods' template is changed. */
export class Restarter {
  readonly #given: RestarterDependencies;
  readonly #budget: RestartBudget;
  readonly #timing: RestartTiming;
  readonly #used: UsedVersions;

  constructor(given: RestarterDependencies) {
    this.#given = given;
    const { options, now, reader, versionOf, events } = given;
    this.#budget = new RestartBudget(options.perMinute ?? 10);
    this.#timing = new RestartTiming(options, now);
    this.#used = new UsedVersions({
      reader,
      versionOf,
      events,
      hash: (text) => this.#hash(text),
      intervalMs: options.intervalMs ?? 300_000,
    });
  }

  /** Looks at a workload, and restarts it if it is time. Rejects only when the signal aborts. */
  async look(id: string, signal: AbortSignal): Promise<NextLook> {
    const workload = this.#given.workloads.find(id);
    if (workload === undefined) {
      this.#given.reader.forget(id);
      this.#timing.forget(id);
      return { kind: "told" };
    }
    try {
      return await this.#look(workload, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      // Gone, or another one of its name: that is told.
      if (KubernetesError.isInstance(thrown) && (thrown.status === 404 || thrown.status === 409))
        return { kind: "told" };
      this.#given.events.emit("sync-problem", { what: id, message: failureOfThrown(thrown).message });
      return { kind: "retry" };
    }
  }

  async #look(workload: Workload, signal: AbortSignal): Promise<NextLook> {
    const before = parseSeen(workload.seen);
    const references = usedReferences(this.#given.workloads.givenTo(workload));
    const used = await this.#used.of(workload, references, signal);
    const names = [...workload.uses.map(outputId), ...references.map(({ label }) => label)];
    const { seen, changed } = compareVersions(before, used, names, (text) => this.#hash(text));
    if (changed.length === 0) {
      this.#timing.forget(workloadId(workload));
      if (formatSeen(seen) !== formatSeen(before)) await this.#apply(workload, seen, undefined, signal);
      return { kind: "told" };
    }
    const waits = await this.#waitsUntil(workload, changed, formatSeen(seen), signal);
    if (waits !== undefined) return waits;
    const { now } = this.#given;
    const at = this.#budget.take(now());
    if (at !== undefined) return { kind: "at", at };
    await this.#apply(workload, seen, this.#hash(formatSeen(seen)), signal);
    this.#timing.forget(workloadId(workload));
    const which = changed.map(({ name }) => name).join(", ");
    this.#given.events.emit("workload-restarted", {
      workload: workloadId(workload),
      changed: changed.length,
    });
    await this.#record(workload, "Normal", "Restarted", `Restarted, for ${which} changed`, signal);
    return { kind: "told" };
  }

  /** When it may be restarted, if not now. */
  async #waitsUntil(
    workload: Workload,
    changed: readonly UsedVersion[],
    target: string,
    signal: AbortSignal,
  ): Promise<NextLook | undefined> {
    const time = this.#timing.of(workload, changed, target);
    if (time.kind === "now") return undefined;
    if (time.kind === "never") {
      await this.#record(workload, "Warning", "InvalidWindow", time.why, signal);
      return { kind: "told" };
    }
    const { at, isForWindow } = time;
    const note = `Restarts at ${kubernetesTime(at)}`;
    if (isForWindow) await this.#record(workload, "Normal", "RestartWaits", note, signal);
    return { kind: "at", at };
  }

  /** Notes what was seen and, with a hash, restarts. What was applied before has to be said again, else it is removed. */
  async #apply(
    workload: Workload,
    seen: SeenVersions,
    restartFor: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { client, timeoutMs, now, workloads } = this.#given;
    const { kind, namespace, name, uid } = workload;
    const restartedFor = restartFor ?? workload.restartedFor;
    const restartedAt = restartFor === undefined ? workload.restartedAt : kubernetesTime(now());
    const annotations = {
      ...(restartedFor !== undefined && { [RESTARTED_FOR]: restartedFor }),
      ...(restartedAt !== undefined && { [RESTARTED_AT]: restartedAt }),
    };
    const written = await applyObject(
      client,
      workloadResource(kind, namespace),
      {
        apiVersion: "apps/v1",
        kind,
        metadata: { name, namespace, uid, annotations: { [SEEN_ANNOTATION]: formatSeen(seen) } } as {
          name: string;
        },
        ...(Object.keys(annotations).length > 0 && { spec: { template: { metadata: { annotations } } } }),
      },
      { fieldManager: FIELD_MANAGER, force: true },
      { signal, timeoutMs },
    );
    workloads.set(kind, written);
  }

  async #record(
    { kind, namespace, name, uid }: Workload,
    type: "Normal" | "Warning",
    reason: string,
    note: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { recorder, events, timeoutMs } = this.#given;
    const regarding = { apiVersion: "apps/v1", kind, namespace, name, uid };
    try {
      await recorder.record({ regarding, type, reason, action: "Restart", note }, { signal, timeoutMs });
    } catch (thrown) {
      signal.throwIfAborted();
      events.emit("sync-problem", { what: "events", message: failureOfThrown(thrown).message });
    }
  }

  #hash(text: string): string {
    return shortHash(text, this.#given.hashKey);
  }
}
