import type { KeyObject } from "node:crypto";
import type { EventBus } from "@sluice/core";
import { applyObject, type EventRecorder, type KubernetesClient, KubernetesError } from "@sluice/kubernetes";
import type { NextLook } from "../engine/sync-reconciler.js";
import { outputId } from "../output/desired-output.js";
import { failureOfThrown } from "../source/sync-failure.js";
import { windowOpensAt } from "../source/window-state.js";
import type { StoreReader } from "../stores/store-reader.js";
import { parseWindow } from "./parse-window.js";
import { RestartBudget } from "./restart-budget.js";
import type { RestartOptions } from "./restart-options.js";
import { formatSeen, parseSeen, type SeenVersions, shortHash } from "./seen-versions.js";
import { type UsedReference, usedReferences } from "./used-references.js";
import type { WorkloadTable } from "./workload-table.js";
import {
  RESTARTED_AT,
  RESTARTED_FOR,
  SEEN_ANNOTATION,
  type Workload,
  WINDOW_ANNOTATION,
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

/** A secret of a workload: hashes of what it is now, and of what the workload is known to have been given. */
interface Used {
  readonly name: string;
  readonly version: string;
  readonly given?: string;
  /** Whether a broker gives it, which may give the last version for a while. */
  readonly isBrokers: boolean;
}

/** Restarts workloads whose secrets have changed, each once, as its pods' template is changed. */
export class Restarter {
  readonly #given: RestarterDependencies;
  readonly #budget: RestartBudget;
  /** When a change of what brokers give was first noticed. */
  readonly #noticed = new Map<string, { readonly target: string; readonly at: number }>();

  constructor(given: RestarterDependencies) {
    this.#given = given;
    this.#budget = new RestartBudget(given.options.perMinute ?? 10);
  }

  /** Looks at a workload, and restarts it if it is time. Rejects only when the signal aborts. */
  async look(id: string, signal: AbortSignal): Promise<NextLook> {
    const workload = this.#given.workloads.find(id);
    if (workload === undefined) {
      this.#given.reader.forget(id);
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
    const used = [...this.#outputsOf(workload), ...(await this.#referencesOf(workload, references, signal))];
    const seen = new Map<string, string>();
    const changed: Used[] = [];
    for (const each of used) {
      const secret = this.#hash(each.name);
      const known = before.get(secret) ?? each.given;
      seen.set(secret, each.version);
      if (known !== undefined && known !== each.version) changed.push(each);
    }
    // What could not be looked at is not forgotten.
    for (const name of [...workload.uses.map(outputId), ...references.map(({ label }) => label)]) {
      const [secret, version] = [this.#hash(name), before.get(this.#hash(name))];
      if (version !== undefined && !seen.has(secret)) seen.set(secret, version);
    }
    if (changed.length === 0) {
      this.#noticed.delete(workloadId(workload));
      if (formatSeen(seen) !== formatSeen(before)) await this.#apply(workload, seen, undefined, signal);
      return { kind: "told" };
    }
    const waits = await this.#waitsUntil(workload, changed, formatSeen(seen), signal);
    if (waits !== undefined) return waits;
    const { now } = this.#given;
    const at = this.#budget.take(now());
    if (at !== undefined) return { kind: "at", at };
    await this.#apply(workload, seen, this.#hash(formatSeen(seen)), signal);
    this.#noticed.delete(workloadId(workload));
    const names = changed.map(({ name }) => name).join(", ");
    this.#given.events.emit("workload-restarted", {
      workload: workloadId(workload),
      changed: changed.length,
    });
    await this.#record(workload, "Normal", "Restarted", `Restarted, for ${names} changed`, signal);
    return { kind: "told" };
  }

  /** When it may be restarted, if not now. */
  async #waitsUntil(
    workload: Workload,
    changed: readonly Used[],
    target: string,
    signal: AbortSignal,
  ): Promise<NextLook | undefined> {
    const { options, now } = this.#given;
    const { everyMs = 600_000, settleMs = 330_000 } = options;
    const window = workload.window === undefined ? options.window : parseWindow(workload.window);
    if (workload.window !== undefined && window === undefined) {
      const note = `${WINDOW_ANNOTATION} is no window, so nothing is restarted: write it as in "Sat,Sun 22:00-04:00 Europe/Berlin"`;
      await this.#record(workload, "Warning", "InvalidWindow", note, signal);
      return { kind: "told" };
    }
    const id = workloadId(workload);
    const before = this.#noticed.get(id);
    const noticed = before?.target === target ? before.at : now();
    this.#noticed.set(id, { target, at: noticed });
    const restartedAt = Date.parse(workload.restartedAt ?? "");
    const earliest = Math.max(
      changed.some(({ isBrokers }) => isBrokers) ? noticed + settleMs : 0,
      Number.isNaN(restartedAt) ? 0 : restartedAt + everyMs,
      now(),
    );
    const at = window === undefined ? earliest : windowOpensAt(window, earliest);
    if (at <= now()) return undefined;
    const time = new Date(at).toISOString().replace(/\.\d+/, "");
    if (at > earliest) await this.#record(workload, "Normal", "RestartWaits", `Restarts at ${time}`, signal);
    return { kind: "at", at };
  }

  #outputsOf({ uses }: Workload): Used[] {
    return uses.flatMap((key) => {
      const version = this.#given.versionOf(key);
      return version === undefined
        ? []
        : [{ name: outputId(key), version: this.#hash(version), isBrokers: false }];
    });
  }

  async #referencesOf(
    workload: Workload,
    references: readonly UsedReference[],
    signal: AbortSignal,
  ): Promise<Used[]> {
    const { reader, options } = this.#given;
    const { namespace, serviceAccount } = workload;
    const who = { user: workloadId(workload), namespace, serviceAccount };
    const byStore = Map.groupBy(references, ({ reference }) => reference.store);
    reader.note(who, new Set(byStore.keys()));
    const wanted = (store: readonly UsedReference[]) => ({
      references: store.map(({ reference }) => reference),
      searches: [],
      intervalMs: options.intervalMs ?? 300_000,
      foundBefore: new Set<string>(),
    });
    const follow = new Map(Array.from(byStore, ([name, store]) => [name, wanted(store)] as const));
    const used: Used[] = [];
    const outcomes: Awaited<ReturnType<StoreReader["settle"]>>[] = [];
    reader.follow(who, follow);
    for (const store of byStore.values()) {
      try {
        const settled = await reader.settle(who, wanted(store).references, signal);
        outcomes.push(settled);
        for (const { label, version: given } of store) {
          const outcome = settled.get(label);
          if (outcome?.status !== "found" || outcome.lease !== undefined) continue;
          const version = outcome.version ?? outcome.etag;
          if (version === undefined) continue;
          used.push({ name: label, version: this.#hash(version), given: this.#hash(given), isBrokers: true });
        }
      } catch (thrown) {
        signal.throwIfAborted();
        // One store that cannot be looked at is no reason to pass over the others.
        this.#given.events.emit("sync-problem", { what: who.user, message: failureOfThrown(thrown).message });
      }
    }
    reader.follow(
      who,
      follow,
      outcomes.flatMap((settled) => Array.from(settled.values())),
    );
    return used;
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
    const restartedAt =
      restartFor === undefined ? workload.restartedAt : new Date(now()).toISOString().replace(/\.\d+/, "");
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
