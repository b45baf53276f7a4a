import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { within } from "../client/within.js";
import type { EventRecorder } from "../events/event-recorder.js";
import { failedCheck, type StoreCheck } from "./store-check.js";
import type { StoreCatalogue, StoreEntry } from "./store-catalogue.js";
import { keyOf, versionOfEntry } from "./store-table.js";
import { STORE_API_VERSION } from "./store-resource.js";
import { type Store, storeId, type StoreKey } from "./store.js";
import { writeStoreStatus } from "./write-store-status.js";

/** How stores are looked at, and their status written. */
export interface ReportStoresOptions {
  /**
   * Looks whether a store can be read from. What it says ends in the cluster: never a value. A store with
   * `identity: pod` must not be logged in to as somebody else for it.
   */
  readonly check: (store: Store, signal: AbortSignal) => Promise<StoreCheck>;
  /** Ends the reports. */
  readonly signal: AbortSignal;
  /** Tells when a store becomes ready, or no longer is. */
  readonly recorder?: EventRecorder;
  /** Who owns the status; `sluice-broker` by default. */
  readonly fieldManager?: string;
  /** Milliseconds between looks at a store that is ready; 5 minutes by default. */
  readonly intervalMs?: number;
  /** Milliseconds before the second look at one that is not, doubled each time up to `intervalMs`; 10 seconds by default. */
  readonly retryMs?: number;
  /** Time for one look, in milliseconds; 30 seconds by default. */
  readonly checkTimeoutMs?: number;
  /** Write a status that did not change when it is older than this, in milliseconds; 1 hour by default. */
  readonly refreshMs?: number;
  /** Stores that are looked at at the same time; 4 by default. */
  readonly concurrency?: number;
  /** Told when a status could not be written, which is tried again, or an event, which is not. */
  readonly onProblem?: (key: StoreKey, error: unknown) => void;
}

/**
 * Looks at every store of a catalogue now and then, and at once when it changes, and writes what it finds into its
 * status. Resolves when the signal aborts. Of several brokers only the one that leads should.
 */
export async function reportStores(
  client: KubernetesClient,
  catalogue: StoreCatalogue,
  options: ReportStoresOptions,
): Promise<void> {
  const { signal, concurrency = 4 } = options;
  const limit = pLimit(concurrency);
  const loops = new Map<string, Loop>();
  const start = (key: StoreKey): void => {
    const id = storeId(key);
    const running = loops.get(id);
    if (running !== undefined) return running.wake();
    const loop = new Loop(signal);
    loops.set(id, loop);
    const look = async (): Promise<boolean> => limit(async () => report(client, catalogue, key, options));
    loop.done = loop.run(look, options).finally(() => loops.get(id) === loop && loops.delete(id));
  };
  using _ = catalogue.onChange(({ kind, key }) => {
    if (kind !== "removed") return start(key);
    loops.get(storeId(key))?.stop();
    loops.delete(storeId(key));
  });
  for (const entry of catalogue.entries()) start(keyOf(entry));
  await until(signal);
  await Promise.allSettled(Array.from(loops.values(), async ({ done }) => done));
}

/** Looks at one store again and again. */
class Loop {
  readonly #stopped = new AbortController();
  readonly #signal: AbortSignal;
  #pause = new AbortController();
  #isWoken = false;
  done: Promise<void> | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = AbortSignal.any([signal, this.#stopped.signal]);
  }

  wake(): void {
    this.#isWoken = true;
    this.#pause.abort();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async run(
    look: () => Promise<boolean>,
    { intervalMs = 300_000, retryMs = 10_000 }: Pick<ReportStoresOptions, "intervalMs" | "retryMs">,
  ): Promise<void> {
    for (let failures = 0; !this.#signal.aborted;) {
      this.#isWoken = false;
      this.#pause = new AbortController();
      failures = (await look()) ? 0 : failures + 1;
      if (this.#isWoken) {
        failures = 0;
        continue;
      }
      const longest = failures === 0 ? intervalMs : Math.min(intervalMs, retryMs * 2 ** (failures - 1));
      const signal = AbortSignal.any([this.#signal, this.#pause.signal]);
      // By chance up to a tenth less, so that stores do not keep step. Its rejection is the end of the pause.
      await sleep(longest * (1 - Math.random() / 10), undefined, { signal }).catch(() => undefined);
      if (this.#isWoken) failures = 0;
    }
  }
}

/** Looks once; false when it is to be done again soon. */
async function report(
  client: KubernetesClient,
  catalogue: StoreCatalogue,
  key: StoreKey,
  options: ReportStoresOptions,
): Promise<boolean> {
  const { signal, fieldManager = "sluice-broker", refreshMs = 3_600_000, onProblem } = options;
  const entry = catalogue.entries().find((each) => storeId(keyOf(each)) === storeId(key));
  if (entry === undefined || signal.aborted) return true;
  try {
    const check = await checkEntry(entry, options);
    const version = versionOfEntry(entry);
    const written = await writeStoreStatus(
      client,
      { key, version, check, fieldManager, refreshMs, now: Date.now() },
      { signal },
    );
    if (written.kind === "written" && written.readyChanged) await tell(key, written.uid, check, options);
    return check.ready && written.kind !== "outdated";
  } catch (error) {
    if (!signal.aborted) onProblem?.(key, error);
    return false;
  }
}

async function checkEntry(entry: StoreEntry, options: ReportStoresOptions): Promise<StoreCheck> {
  if (entry.status === "invalid") return { ready: false, reason: "Invalid", message: entry.problem };
  const { store } = entry;
  if (store.suspended)
    return { ready: false, reason: "Suspended", message: "Nobody reads from the store for now" };
  const { signal, check, checkTimeoutMs = 30_000 } = options;
  try {
    return await within(signal, checkTimeoutMs, async (bounded) => check(store, bounded));
  } catch (thrown) {
    signal.throwIfAborted();
    return failedCheck(thrown);
  }
}

async function tell(
  { kind, name, namespace }: StoreKey,
  uid: string,
  { ready, reason, message }: StoreCheck,
  { recorder, signal }: ReportStoresOptions,
): Promise<void> {
  const where = { name, uid, ...(namespace !== undefined && { namespace }) };
  await recorder?.record(
    {
      regarding: { apiVersion: STORE_API_VERSION, kind, ...where },
      type: ready ? "Normal" : "Warning",
      reason: ready ? "StoreReady" : "StoreNotReady",
      action: "Check",
      note: `${reason}: ${message}`,
    },
    { signal },
  );
}

async function until(signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  if (signal.aborted) return;
  signal.addEventListener("abort", () => aborted.resolve(), { once: true });
  return aborted.promise;
}
