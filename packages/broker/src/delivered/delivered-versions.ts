import { type EventBus, thrownName } from "@sluice/core";
import { isPassing, type KubernetesClient, KubernetesError, type Pod } from "@sluice/kubernetes";
import { LRUCache } from "lru-cache";
import type { ReleasedReference, Workload } from "../audit/audit-events.js";
import { type DeliveredVersion, recordKey } from "./delivered-record.js";
import { writeDeliveredVersions } from "./record-store.js";
import { controllerIn, TopControllers } from "./top-controller.js";

/** What is to be written about the pods of one controller. */
interface Batch {
  readonly namespace: string;
  /** Any of them: they have the same controller. */
  readonly pod: Pod;
  readonly records: Map<string, DeliveredVersion>;
}

declare module "@sluice/core" {
  interface SluiceEvents {
    "delivered-versions-written": DeliveredVersionsWrittenEvent;
  }
}

/** The versions that a workload was given were written down. */
export interface DeliveredVersionsWrittenEvent {
  readonly namespace: string;
  readonly workload: string;
  readonly entries: number;
  /** Why they could not be written. */
  readonly failure?: string;
}

/** Between two writes about one workload, in milliseconds. */
const EVERY_MS = 3_000;
/** How exact `at` is, in milliseconds: what was written so recently is not written again. */
const EXACT_TO_MS = 60_000;
const TIMEOUT_MS = 10_000;
/** For what is written at the end, in milliseconds: nobody waits longer for a broker that stops. */
const LAST_MS = 3_000;
/** Workloads that wait to be written at most; while the API server is away nothing else may grow. */
const MOST_WAITING = 5_000;

export interface DeliveredVersionsOptions {
  /** Between two writes about one workload, in milliseconds; 3,000 by default. */
  readonly everyMs?: number;
  /** For what is written at the end, in milliseconds; 3,000 by default. */
  readonly lastMs?: number;
}

/** Writes down which versions each workload was given, for whoever looks for stale ones after a rotation. */
export class DeliveredVersions implements AsyncDisposable {
  #waiting = new Map<string, Batch>();
  readonly #ended = new AbortController();
  readonly #everyMs: number;
  readonly #lastMs: number;
  readonly #written = new LRUCache<string, number>({ max: 100_000 });
  readonly #controllers: TopControllers;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(
    private readonly client: KubernetesClient,
    private readonly events: EventBus,
    { everyMs = EVERY_MS, lastMs = LAST_MS }: DeliveredVersionsOptions = {},
  ) {
    this.#controllers = new TopControllers(client);
    this.#everyMs = everyMs;
    this.#lastMs = lastMs;
  }

  record(pod: Pod, { namespace, container }: Workload, references: readonly ReleasedReference[]): void {
    const at = Date.now();
    const of = controllerIn(pod.owners)?.uid ?? pod.uid;
    for (const { reference, version } of references) {
      const record = { container, reference, at, ...(version !== undefined && { version }) };
      const key = recordKey(record);
      if (at - (this.#written.get(`${of}/${key}`) ?? -Infinity) < EXACT_TO_MS) continue;
      const batch = this.#waiting.get(of) ?? { namespace, pod, records: new Map<string, DeliveredVersion>() };
      batch.records.set(key, record);
      if (this.#waiting.has(of) || this.#waiting.size < MOST_WAITING) this.#waiting.set(of, batch);
    }
    this.#writeLater();
  }

  /** What comes while something is written waits for that: nothing else grows meanwhile. */
  #writeLater(): void {
    if (this.#waiting.size === 0 || this.#writing !== undefined) return;
    this.#timer ??= setTimeout(() => void this.#write(), this.#everyMs).unref();
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batches = this.#waiting;
    this.#waiting = new Map();
    this.#writing = this.#writeAll(batches);
    await this.#writing;
    this.#writing = undefined;
    if (!this.#ended.signal.aborted) this.#writeLater();
  }

  async #writeAll(batches: ReadonlyMap<string, Batch>): Promise<void> {
    for (const [of, batch] of batches) if (!this.#ended.signal.aborted) await this.#writeBatch(of, batch);
  }

  async #writeBatch(of: string, { namespace, pod, records }: Batch): Promise<void> {
    let workload = `Pod ${pod.name}`;
    const tell = (failure?: string): void =>
      this.events.emit("delivered-versions-written", {
        namespace,
        workload,
        entries: records.size,
        ...(failure !== undefined && { failure }),
      });
    try {
      const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const controller = await this.#controllers.find(pod, signal);
      workload = `${controller.kind} ${controller.name}`;
      await writeDeliveredVersions(this.client, namespace, controller, Array.from(records.values()), signal);
      for (const [key, { at }] of records) this.#written.set(`${of}/${key}`, at);
      tell();
    } catch (thrown) {
      tell(KubernetesError.isInstance(thrown) ? thrown.reason : thrownName(thrown));
      if (KubernetesError.isInstance(thrown) && isPassing(thrown))
        this.#putBack(of, { namespace, pod, records });
    }
  }

  #putBack(of: string, batch: Batch): void {
    const newer = this.#waiting.get(of)?.records ?? new Map<string, DeliveredVersion>();
    if (this.#waiting.size >= MOST_WAITING) return;
    this.#waiting.set(of, { ...batch, records: new Map([...batch.records, ...newer]) });
  }

  /** Writes what waits, once, as far as there is time. */
  async [Symbol.asyncDispose](): Promise<void> {
    const overdue = setTimeout(() => this.#ended.abort(), this.#lastMs);
    await this.#writing;
    await this.#write();
    clearTimeout(overdue);
    clearTimeout(this.#timer);
    this.#ended.abort();
  }
}
