import type { KeyObject } from "node:crypto";
import type { EventBus } from "@sluice/core";
import type { ObjectEvent } from "@sluice/kubernetes";
import type { OutputTable } from "../output/output-table.js";
import { isWorkloadId } from "../restart/workload.js";
import type { SyncSource } from "../source/sync-source.js";
import type { OutputKind } from "../source/sync-spec.js";
import type { SyncControllerOptions } from "./controller-options.js";
import { createSessionParts, type SessionParts } from "./session-parts.js";
import { SessionWatches, type SyncEvent } from "./session-watches.js";
import type { SyncTable } from "./sync-table.js";
import { WorkQueue } from "./work-queue.js";

const DEFAULT_CONCURRENCY = 16;

/** The part of all places that is kept for syncs that were never done. */
const RESERVED = 0.25;

/** The work of a controller while it leads: everything it knows, from the first list to the last item. */
export class SyncSession {
  readonly queue: WorkQueue;
  readonly #options: SyncControllerOptions;
  readonly #events: EventBus;
  readonly #parts: SessionParts;
  readonly #watches: SessionWatches;
  /** Ends watches and looks at stores. */
  readonly #watching = new AbortController();
  /** Ends what is under way as well. */
  readonly #working = new AbortController();
  /** Syncs that were there at the beginning, and have not been looked at yet. */
  #unseen: Set<string> | undefined;
  #areWorkloadsKnown = false;

  constructor(
    options: SyncControllerOptions,
    sources: readonly SyncSource[],
    events: EventBus,
    hashKey: KeyObject,
  ) {
    this.#options = options;
    this.#events = events;
    const { client, namespaces, shard, idleMs, concurrency = DEFAULT_CONCURRENCY } = options;
    this.queue = new WorkQueue({
      concurrency,
      reserved: Math.floor(concurrency * RESERVED),
      work: async (id) => this.#work(id),
    });
    this.#parts = createSessionParts({
      options,
      sources,
      events,
      hashKey,
      onChange: (ids) => this.#add(ids),
      isWarm: () => this.#unseen?.size === 0,
      watching: this.#watching.signal,
      working: this.#working.signal,
    });
    const { restarts, timeoutMs } = this.#parts;
    this.#watches = new SessionWatches({
      client,
      events,
      namespaces,
      shard,
      sources,
      timeoutMs,
      idleMs,
      signal: this.#watching.signal,
      workloads: (...where) => restarts?.watches(...where) ?? [],
      onSync: (...told) => this.#takeSync(...told),
      onOutput: (...told) => this.#takeOutput(...told),
      onWorkload: (ids) => this.#add(ids),
      onSyncsReady: () => this.#begin(),
      onWorkloadsReady: () => this.#beginRestarts(),
    });
  }

  get syncs(): SyncTable {
    return this.#parts.syncs;
  }

  get outputs(): OutputTable {
    return this.#parts.outputs;
  }

  /** Stores that are open at present. */
  get openStores(): number {
    return this.#parts.pool.size;
  }

  /** What is not known yet, or not kept up to date at present. */
  problem(): string | undefined {
    return this.#watches.problem ?? (this.#unseen === undefined ? "Not all syncs are known yet" : undefined);
  }

  /**
   * Works until the signal aborts.
   *
   * @param mayDrain whether what is under way may come to its end then; otherwise it is cut off
   */
  async run(signal: AbortSignal, mayDrain: () => boolean): Promise<void> {
    const { catalogue, drainMs = 25_000 } = this.#options;
    const { reader, pool } = this.#parts;
    const stopped = Promise.withResolvers<void>();
    const stop = (): void => stopped.resolve();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    using _changes = catalogue.onChange(({ key, namespaces }) =>
      this.#add(namespaces === undefined ? reader.drop(key) : reader.usersOf(key, namespaces)),
    );
    // Without them every sync would be told that its store is not known.
    await catalogue.ready(signal).catch(() => undefined);
    const following = signal.aborted ? undefined : this.#watches.follow();
    await stopped.promise;
    this.#watching.abort();
    const cutOff = setTimeout(() => this.#working.abort(), mayDrain() ? drainMs : 0);
    await this.queue.drain();
    clearTimeout(cutOff);
    this.#working.abort();
    await following;
    await pool[Symbol.asyncDispose]();
    for (const sync of this.syncs.ids()) this.#events.emit("sync-forgotten", { sync });
  }

  #takeSync(source: SyncSource, namespace: string | undefined, event: SyncEvent): void {
    switch (event.kind) {
      case "synced":
        return this.#add(this.syncs.replace(source, namespace, event.objects));
      case "changed": {
        const id = this.syncs.set(source, event.object);
        return this.#add(id === undefined ? [] : [id], { urgent: true });
      }
      case "deleted":
        return this.#add([this.syncs.remove(source, event.object)]);
      case "progress":
    }
  }

  #takeOutput(kind: OutputKind, namespace: string | undefined, event: ObjectEvent): void {
    switch (event.kind) {
      case "synced":
        return this.#add(this.outputs.replace(kind, namespace, event.objects));
      case "changed":
        return this.#add(this.outputs.set(kind, event.object));
      case "deleted": {
        const { name, namespace: where = "" } = event.object.metadata;
        return this.#add(this.outputs.remove({ kind, namespace: where, name }));
      }
      case "progress":
    }
  }

  /** Everything is known for the first time. */
  #begin(): void {
    this.#unseen = new Set(this.syncs.ids());
    this.#add(this.#unseen);
    // What syncs wrote that went while nobody looked.
    this.#add(this.outputs.sources());
    this.#add(this.#parts.restarts?.ids() ?? []);
  }

  #beginRestarts(): void {
    this.#areWorkloadsKnown = true;
    this.#add(this.#parts.restarts?.ids() ?? []);
  }

  #add(ids: Iterable<string>, { urgent = false } = {}): void {
    // Until all is known, nothing can be decided; then everything is added.
    if (this.#unseen === undefined) return;
    for (const id of ids) {
      if (!this.#areWorkloadsKnown && isWorkloadId(id)) continue;
      this.queue.add(id, { urgent: urgent || this.syncs.isNew(id) });
    }
  }

  async #work(id: string): Promise<void> {
    const { restarts, reconciler } = this.#parts;
    try {
      const { signal } = this.#working;
      const next = isWorkloadId(id)
        ? await restarts?.look(id, signal)
        : await reconciler.reconcile(id, signal);
      this.#add(restarts?.usersOf(id) ?? []);
      if (next === undefined) return this.queue.forget(id);
      if (next.kind === "retry") return this.queue.retry(id);
      this.queue.succeed(id);
      if (next.kind === "at") this.queue.addAt(id, next.at);
      if (this.syncs.find(id) === undefined && restarts?.has(id) !== true) this.queue.forget(id);
    } catch {
      // Cut off: whoever leads next does it.
    } finally {
      this.#unseen?.delete(id);
    }
  }
}
