import type { KeyObject } from "node:crypto";
import type { EventBus } from "@sluice/core";
import { EventRecorder, type KubernetesObject, type ObjectEvent, requestToken } from "@sluice/kubernetes";
import { readStoreOptions } from "@sluice/kubernetes/stores";
import { outputResource } from "../output/build-output.js";
import { OutputTable } from "../output/output-table.js";
import { OutputWriter } from "../output/output-writer.js";
import { SYNCED_LABEL } from "../output/source-mark.js";
import { Restarts } from "../restart/restarts.js";
import { isWorkloadId } from "../restart/workload.js";
import type { SyncSource } from "../source/sync-source.js";
import type { OutputKind } from "../source/sync-spec.js";
import { AccountTokens } from "../stores/account-tokens.js";
import { StorePool } from "../stores/store-pool.js";
import { StoreReader } from "../stores/store-reader.js";
import { SHARD_LABEL, type SyncControllerOptions } from "./controller-options.js";
import { followObjects } from "./follow-objects.js";
import { OutputReleaser } from "./output-releaser.js";
import { SyncReconciler } from "./sync-reconciler.js";
import { SyncTable } from "./sync-table.js";
import { SyncTeller } from "./sync-teller.js";
import { WorkQueue } from "./work-queue.js";

const DEFAULT_CONCURRENCY = 16;

/** The part of all places that is kept for syncs that were never done. */
const RESERVED = 0.25;
const DEFAULT_TIMEOUT_MS = 30_000;
const OUTPUT_KINDS: readonly OutputKind[] = ["Secret", "ConfigMap"];

/** What is kept of an output: no data comes with its metadata, and most of that is not needed. */
function keepOutput({ metadata }: KubernetesObject): KubernetesObject {
  const { name, namespace, uid, resourceVersion, annotations } = metadata;
  return {
    metadata: {
      name,
      resourceVersion,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(annotations !== undefined && { annotations }),
    },
  };
}

/** The work of a controller while it leads: everything it knows, from the first list to the last item. */
export class SyncSession {
  readonly syncs: SyncTable = new SyncTable();
  readonly outputs: OutputTable = new OutputTable();
  readonly queue: WorkQueue;
  readonly #options: SyncControllerOptions;
  readonly #sources: readonly SyncSource[];
  readonly #events: EventBus;
  readonly #pool: StorePool;
  readonly #reader: StoreReader;
  readonly #reconciler: SyncReconciler;
  readonly #restarts: Restarts | undefined;
  /** Ends watches and looks at stores. */
  readonly #watching = new AbortController();
  /** Ends what is under way as well. */
  readonly #working = new AbortController();
  readonly #awaited = new Set<string>();
  readonly #problems = new Map<string, string>();
  /** Optional kinds that the cluster does without. */
  readonly #missing = new Set<string>();
  /** Syncs that were there at the beginning, and have not been looked at yet. */
  #unseen: Set<string> | undefined;

  constructor(
    options: SyncControllerOptions,
    sources: readonly SyncSource[],
    events: EventBus,
    hashKey: KeyObject,
  ) {
    this.#options = options;
    this.#sources = sources;
    this.#events = events;
    const { client, catalogue, identity, concurrency = DEFAULT_CONCURRENCY } = options;
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const { readOptions = async (store, call) => readStoreOptions(client, store, call) } = options;
    this.queue = new WorkQueue({
      concurrency,
      reserved: Math.floor(concurrency * RESERVED),
      work: async (id) => this.#work(id),
    });
    this.#pool = new StorePool({
      ...options,
      events,
      readOptions: async (store) => readOptions(store, { signal: this.#working.signal, timeoutMs }),
    });
    this.#reader = new StoreReader({
      catalogue,
      pool: this.#pool,
      onChange: (users) => this.#add(users),
      tokenAudiencesInNamespaces: options.tokenAudiencesInNamespaces ?? [],
      tokens: new AccountTokens(async (wanted, signal) =>
        requestToken(client, wanted, { signal, timeoutMs }),
      ),
      signal: this.#watching.signal,
    });
    const { syncs, outputs } = this;
    const writer = new OutputWriter(client, timeoutMs);
    const recorder = new EventRecorder(client, { controller: "sluice.dev/sync", instance: identity });
    const now = (): number => Date.now();
    if (options.restarts !== undefined)
      this.#restarts = new Restarts(options.restarts, {
        client,
        reader: this.#reader,
        outputs,
        syncs,
        hashKey,
        recorder,
        events,
        timeoutMs,
      });
    this.#reconciler = new SyncReconciler({
      syncs,
      outputs,
      writer,
      reader: this.#reader,
      releaser: new OutputReleaser({ client, sources, outputs, writer, events, timeoutMs }),
      teller: new SyncTeller({ client, syncs, recorder, events, timeoutMs, now }),
      hashKey,
      events,
      isWarm: () => this.#unseen?.size === 0,
      now,
    });
  }

  /** What is not known yet, or not kept up to date at present. */
  problem(): string | undefined {
    const [first] = this.#problems;
    if (first !== undefined) return `${first[0]}: ${first[1]}`;
    return this.#unseen === undefined ? "Not all syncs are known yet" : undefined;
  }

  /** Stores that are open at present. */
  get openStores(): number {
    return this.#pool.size;
  }

  /**
   * Works until the signal aborts.
   *
   * @param mayDrain whether what is under way may come to its end then; otherwise it is cut off
   */
  async run(signal: AbortSignal, mayDrain: () => boolean): Promise<void> {
    const { catalogue, drainMs = 25_000 } = this.#options;
    const stopped = Promise.withResolvers<void>();
    const stop = (): void => stopped.resolve();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    using _changes = catalogue.onChange(({ key }) => this.#add(this.#reader.drop(key)));
    // Without them every sync would be told that its store is not known.
    await catalogue.ready(signal).catch(() => undefined);
    const following = signal.aborted ? [] : this.#follow();
    await stopped.promise;
    this.#watching.abort();
    const cutOff = setTimeout(() => this.#working.abort(), mayDrain() ? drainMs : 0);
    await this.queue.drain();
    clearTimeout(cutOff);
    this.#working.abort();
    await Promise.all(following);
    await this.#pool[Symbol.asyncDispose]();
    for (const sync of this.syncs.ids()) this.#events.emit("sync-forgotten", { sync });
  }

  #follow(): Promise<void>[] {
    const { namespaces, shard } = this.#options;
    const labelSelector = shard === undefined ? `!${SHARD_LABEL}` : `${SHARD_LABEL}=${shard}`;
    const following: (() => Promise<void>)[] = [];
    for (const namespace of namespaces ?? [undefined]) {
      for (const source of this.#sources) {
        const keep = (object: KubernetesObject): KubernetesObject => source.keep(object);
        const query = { resource: source.resource(namespace), labelSelector, keep };
        const take = (event: ObjectEvent): void => this.#takeSync(source, namespace, event);
        const what = `${source.kind}s in ${namespace ?? "all namespaces"}`;
        following.push(this.#watch(what, query, take, source.isOptional === true ? source : undefined));
      }
      for (const kind of OUTPUT_KINDS) {
        const resource = outputResource(kind, namespace);
        const query = {
          resource,
          labelSelector: `${SYNCED_LABEL}=true`,
          metadataOnly: true,
          keep: keepOutput,
        };
        const take = (event: ObjectEvent): void => this.#takeOutput(kind, namespace, event);
        following.push(this.#watch(`${kind}s in ${namespace ?? "all namespaces"}`, query, take));
      }
      for (const { what, query, take } of this.#restarts?.watches(labelSelector, namespace) ?? [])
        following.push(this.#watch(what, query, (event) => this.#add(take(event))));
    }
    return following.map(async (start) => start());
  }

  #watch(
    what: string,
    query: Parameters<typeof followObjects>[1],
    take: (event: ObjectEvent) => void,
    optional?: SyncSource,
  ): () => Promise<void> {
    const { client, timeoutMs = DEFAULT_TIMEOUT_MS, idleMs } = this.#options;
    this.#awaited.add(what);
    return async () =>
      followObjects(
        client,
        { ...query, ...(idleMs !== undefined && { idleMs }) },
        {
          signal: this.#watching.signal,
          timeoutMs,
          onEvent: (event) => {
            this.#missing.delete(what);
            take(event);
            if (event.kind === "synced") this.#known(what);
          },
          ...(optional !== undefined && { onMissing: () => this.#noteMissing(what, optional) }),
          onProblem: (problem) => this.#note(what, problem),
        },
      );
  }

  /** A kind is known: all of it, or that the cluster does without it. */
  #known(what: string): void {
    if (this.#awaited.delete(what) && this.#awaited.size === 0) this.#begin();
  }

  /** The others are done without it; should it come, or come back, it is seen by the next try. */
  #noteMissing(what: string, { apiVersion, kind }: SyncSource): void {
    this.#note(what, undefined);
    if (!this.#missing.has(what)) {
      this.#missing.add(what);
      const message = `the cluster has no kind ${kind} of ${apiVersion}: install its CustomResourceDefinition. All else is done meanwhile`;
      this.#events.emit("sync-problem", { what, message });
    }
    this.#known(what);
  }

  #note(what: string, problem: string | undefined): void {
    if (problem === undefined) this.#problems.delete(what);
    else {
      this.#problems.set(what, problem);
      this.#events.emit("sync-problem", { what, message: problem });
    }
  }

  #takeSync(source: SyncSource, namespace: string | undefined, event: ObjectEvent): void {
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
    this.#add(this.#restarts?.ids() ?? []);
  }

  #add(ids: Iterable<string>, { urgent = false } = {}): void {
    // Until all is known, nothing can be decided; then everything is added.
    if (this.#unseen === undefined) return;
    for (const id of ids) this.queue.add(id, { urgent: urgent || this.#isNew(id) });
  }

  #isNew(id: string): boolean {
    const known = this.syncs.find(id);
    return known !== undefined && known.source.recall(known.object).lastSyncAt === undefined;
  }

  async #work(id: string): Promise<void> {
    try {
      const { signal } = this.#working;
      const next = isWorkloadId(id)
        ? await this.#restarts?.look(id, signal)
        : await this.#reconciler.reconcile(id, signal);
      this.#add(this.#restarts?.usersOf(id) ?? []);
      if (next === undefined) return this.queue.forget(id);
      if (next.kind === "retry") return this.queue.retry(id);
      this.queue.succeed(id);
      if (next.kind === "at") this.queue.addAt(id, next.at);
      if (this.syncs.find(id) === undefined && this.#restarts?.has(id) !== true) this.queue.forget(id);
    } catch {
      // Cut off: whoever leads next does it.
    } finally {
      this.#unseen?.delete(id);
    }
  }
}
