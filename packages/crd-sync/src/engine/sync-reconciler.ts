import type { KeyObject } from "node:crypto";
import type { EventBus } from "@sluice/core";
import {
  applyObject,
  type EventRecorder,
  getObject,
  type KubernetesClient,
  KubernetesError,
} from "@sluice/kubernetes";
import { resolveInputs } from "../inputs/resolve-inputs.js";
import { type OutputKey, outputId } from "../output/desired-output.js";
import type { OutputTable } from "../output/output-table.js";
import type { OutputWriter } from "../output/output-writer.js";
import { sourceId, type SyncOwner } from "../output/source-mark.js";
import { failureOfStore, failureOfThrown, SyncFailure } from "../source/sync-failure.js";
import type { SyncMemory, SyncReport } from "../source/sync-report.js";
import type { SyncSource } from "../source/sync-source.js";
import type { SyncSpec } from "../source/sync-spec.js";
import type { Reader, StoreReader } from "../stores/store-reader.js";
import { SyncAttempt } from "./sync-attempt.js";
import type { OutputChange } from "./sync-events.js";
import { syncOutput } from "./sync-output.js";
import { type KnownSync, ownerOf, type SyncTable } from "./sync-table.js";

/** Who owns the statuses. */
const STATUS_MANAGER = "sluice-sync";

export interface ReconcilerDependencies {
  readonly client: KubernetesClient;
  readonly sources: readonly SyncSource[];
  readonly syncs: SyncTable;
  readonly outputs: OutputTable;
  readonly writer: OutputWriter;
  readonly reader: StoreReader;
  readonly hashKey: KeyObject;
  readonly recorder: EventRecorder;
  readonly events: EventBus;
  /** Time for one call of the API, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether every sync there is was looked at once: before, nobody knows how much of a store is wanted. */
  readonly isWarm: () => boolean;
  readonly now: () => number;
}

/** When a sync is to be looked at again, if nothing tells of a change before. */
export type NextLook = { readonly kind: "told" | "retry" } | { readonly kind: "at"; readonly at: number };

/** Makes what syncs ask for so, one sync at a time. */
export class SyncReconciler {
  readonly #given: ReconcilerDependencies;
  readonly #verified = new Map<string, string>();
  readonly #reasons = new Map<string, string>();

  constructor(given: ReconcilerDependencies) {
    this.#given = given;
  }

  /** Rejects only when the signal aborts. */
  async reconcile(id: string, signal: AbortSignal): Promise<NextLook> {
    const startedAt = performance.now();
    const known = this.#given.syncs.find(id);
    try {
      if (known === undefined) return await this.#release(id, signal);
      const { report, next } = await this.#sync(known, signal);
      const told = await this.#tell(known, report, signal);
      const { ready, synced } = report;
      this.#given.events.emit("sync-reconciled", {
        sync: id,
        reason: synced.reason,
        ready: ready.holds,
        synced: synced.holds,
        durationMs: performance.now() - startedAt,
        told,
        ...(!synced.holds && { message: synced.message }),
      });
      return next;
    } catch (thrown) {
      signal.throwIfAborted();
      const { message } = failureOfThrown(thrown);
      this.#given.events.emit("sync-problem", { what: id, message });
      return { kind: "retry" };
    }
  }

  async #sync(known: KnownSync, signal: AbortSignal): Promise<{ report: SyncReport; next: NextLook }> {
    const { source, object, id } = known;
    const memory = source.recall(object);
    const owner = ownerOf(known);
    const attempt = new SyncAttempt(memory, this.#given.now());
    try {
      const { sync, problem } = source.read(object);
      if (sync === undefined) throw new SyncFailure("InvalidSpec", problem);
      if (sync.suspended) {
        this.#given.reader.forget(id);
        throw new SyncFailure("Suspended", "Nothing is read or written while spec.suspend is true");
      }
      await this.#syncAll({ owner, sync, attempt, memory }, signal);
      const down = this.#storeProblem(readerOf(id, owner, sync), sync);
      if (down !== undefined) throw down;
      const { waitsUntil } = attempt;
      const next: NextLook = waitsUntil === undefined ? { kind: "told" } : { kind: "at", at: waitsUntil };
      return { report: attempt.succeeded(), next };
    } catch (thrown) {
      signal.throwIfAborted();
      const failure = failureOfThrown(thrown);
      const areThere = memory.outputs.every(
        ({ kind, name }) =>
          this.#given.outputs.find({ kind, namespace: owner.namespace, name }) !== undefined,
      );
      const next: NextLook = { kind: failure.nextTry === "cluster" ? "retry" : "told" };
      return { report: attempt.failed(failure, areThere), next };
    }
  }

  async #syncAll({ owner, sync, attempt, memory }: SyncToDo, signal: AbortSignal): Promise<void> {
    const { reader, outputs, writer, hashKey, now } = this.#given;
    const who = readerOf(sourceId(owner), owner, sync);
    const resolved = await resolveInputs(reader, who, sync, memory, signal);
    const assertPlausible = async (): Promise<void> => {
      if (!this.#given.isWarm())
        throw new SyncFailure("DeletionStopped", "Not every sync is known yet: deletions wait", "cluster");
      await reader.assertPlausible(
        who,
        resolved.missing.map(({ reference }) => reference),
      );
    };
    for (const output of sync.outputs) {
      const before = memory.outputs.find(({ kind, name }) => kind === output.kind && name === output.name);
      const synced = await syncOutput(
        { owner, spec: sync, output, resolved, memory: before },
        { table: outputs, writer, hashKey, verified: this.#verified, assertPlausible, now },
        signal,
      );
      attempt.add(synced, before);
      const key = { kind: output.kind, namespace: owner.namespace, name: output.name };
      if (synced.what !== undefined) await this.#written(owner, key, synced.what, signal);
    }
    await this.#releaseOthers(owner, sync, signal);
    attempt.forgetOthers(sync.outputs);
    attempt.observe(resolved);
  }

  /** Takes back what the sync wrote into outputs that it names no more. */
  async #releaseOthers(owner: SyncOwner, sync: SyncSpec, signal: AbortSignal): Promise<void> {
    for (const known of this.#given.outputs.ofSource(sourceId(owner))) {
      if (sync.outputs.some(({ kind, name }) => kind === known.kind && name === known.name)) continue;
      await this.#releaseOutput(owner, known, signal);
    }
  }

  /** The object that asked is gone, if the cluster says so as well. */
  async #release(id: string, signal: AbortSignal): Promise<NextLook> {
    const { reader, outputs } = this.#given;
    const owner = parseId(id);
    if (owner === undefined) return { kind: "told" };
    const left = outputs.ofSource(id);
    if (left.length > 0 && !(await this.#isGone(owner, signal))) return { kind: "told" };
    reader.forget(id);
    this.#reasons.delete(id);
    this.#given.events.emit("sync-forgotten", { sync: id });
    for (const key of this.#verified.keys()) if (key.startsWith(`${id}\n`)) this.#verified.delete(key);
    for (const known of left) await this.#releaseOutput(owner, known, signal);
    return { kind: "told" };
  }

  async #releaseOutput(
    owner: Pick<SyncOwner, "kind" | "namespace" | "name">,
    known: OutputKey & { readonly marks: readonly { kind: string; name: string; policy: string }[] },
    signal: AbortSignal,
  ): Promise<void> {
    const mark = known.marks.find(({ kind, name }) => kind === owner.kind && name === owner.name);
    if (mark === undefined || mark.policy === "Orphan") return;
    const policy = mark.policy === "Merge" ? "Merge" : "Owner";
    const what = await this.#given.writer.release(known, owner, policy, signal);
    if (what === "nothing") return;
    if (what === "deleted") this.#given.outputs.remove(known);
    this.#given.events.emit("output-written", { sync: sourceId(owner), output: keyOf(known), what });
  }

  /** Another replica may be in charge of it, or a watch may be late: only the cluster's word counts. */
  async #isGone(
    owner: Pick<SyncOwner, "kind" | "namespace" | "name">,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { client, sources, timeoutMs } = this.#given;
    const source = sources.find(({ kind }) => kind === owner.kind);
    if (source === undefined) return false;
    try {
      await getObject(client, source.resource(owner.namespace), owner.name, { signal, timeoutMs });
      return false;
    } catch (error) {
      if (KubernetesError.isInstance(error) && error.status === 404) return true;
      throw error;
    }
  }

  #storeProblem(who: Reader, sync: SyncSpec): SyncFailure | undefined {
    for (const input of sync.inputs) {
      const store = "store" in input ? input.store : input.reference.store;
      const problem = this.#given.reader.problemOf(who, store);
      if (problem !== undefined) return failureOfStore(`store "${store}"`, problem);
    }
    return undefined;
  }

  async #written(
    owner: SyncOwner,
    output: OutputKey,
    what: OutputChange,
    signal: AbortSignal,
  ): Promise<void> {
    this.#given.events.emit("output-written", { sync: sourceId(owner), output: keyOf(output), what });
    const reason = `Output${what.charAt(0).toUpperCase()}${what.slice(1)}`;
    await this.#record(owner, "Normal", reason, `${outputId(output)} was ${what}`, signal);
  }

  /** Writes what became of a sync, if its status does not say so already. */
  async #tell(known: KnownSync, report: SyncReport, signal: AbortSignal): Promise<boolean> {
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
      syncs.update(id, source.keep(written));
      return true;
    } catch (error) {
      // It is gone, or another one of its name is there, which is told.
      if (KubernetesError.isInstance(error) && (error.status === 404 || error.status === 409)) return false;
      throw error;
    }
  }

  async #record(
    { apiVersion, kind, namespace, name, uid }: SyncOwner,
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

interface SyncToDo {
  readonly owner: SyncOwner;
  readonly sync: SyncSpec;
  readonly attempt: SyncAttempt;
  readonly memory: SyncMemory;
}

function readerOf(id: string, { namespace }: SyncOwner, { serviceAccount }: SyncSpec): Reader {
  return { user: id, namespace, serviceAccount };
}

function keyOf({ kind, namespace, name }: OutputKey): OutputKey {
  return { kind, namespace, name };
}

function parseId(id: string): { kind: string; namespace: string; name: string } | undefined {
  const [, kind, namespace, name] = /^(\S+) ([^/]+)\/(.+)$/.exec(id) ?? [];
  if (kind === undefined || namespace === undefined || name === undefined) return undefined;
  return { kind, namespace, name };
}
