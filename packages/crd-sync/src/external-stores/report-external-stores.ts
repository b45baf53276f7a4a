import { setTimeout as sleep } from "node:timers/promises";
import { type EventBus, SluiceError } from "@sluice/core";
import {
  applyObject,
  field,
  type KubernetesClient,
  KubernetesError,
  type KubernetesObject,
  kubernetesTime,
} from "@sluice/kubernetes";
import {
  configureStore,
  type ConfigureStoreDependencies,
  type StoreEntry,
  storeId,
  tidyCheck,
} from "@sluice/kubernetes/stores";
import { failureOfThrown } from "../source/sync-failure.js";
import { EXTERNAL_GROUP } from "./parse-external-store.js";
import { readExternalOptions } from "./read-external-options.js";
import { EXTERNAL_PLURALS, type ExternalCatalogue } from "./watch-external-stores.js";

export interface ReportExternalStoresOptions extends ConfigureStoreDependencies {
  readonly client: KubernetesClient;
  readonly theirs: ExternalCatalogue;
  readonly version: "v1" | "v1beta1";
  readonly events: EventBus;
  /** The time that statuses tell, in milliseconds since the epoch. */
  readonly now: () => number;
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** How long a change waits for others, in milliseconds. */
const GATHER_MS = 500;
/** How often all are looked at again, for what they name in other objects, in milliseconds. */
const AGAIN_MS = 300_000;

/**
 * Writes into the status of each of their stores whether it can be used, and if not, why: as far as that is known
 * without asking its provider. Resolves when the signal aborts.
 */
export async function reportExternalStores(options: ReportExternalStoresOptions): Promise<void> {
  const { theirs, signal, events } = options;
  let due = new Set<string>();
  let wake = Promise.withResolvers<void>();
  using _changes = theirs.onChange(({ key }) => {
    due.add(storeId(key));
    wake.resolve();
  });
  signal.addEventListener("abort", () => wake.resolve(), { once: true });
  await theirs.ready(signal).catch(() => undefined);
  let allAt = 0;
  while (!signal.aborted) {
    // Not by the clock, which may be set.
    const all = performance.now() >= allAt;
    if (all) allAt = performance.now() + AGAIN_MS;
    const asked = due;
    due = new Set();
    wake = Promise.withResolvers<void>();
    for (const entry of theirs.entries()) {
      if (signal.aborted) return;
      const id = storeId(entry.status === "found" ? entry.store : entry.key);
      if (!all && !asked.has(id)) continue;
      await tell(entry, options).catch((thrown: unknown) => {
        if (!signal.aborted)
          events.emit("sync-problem", {
            what: "statuses of stores",
            message: failureOfThrown(thrown).message,
          });
      });
    }
    if (due.size === 0) {
      const waiting = new AbortController();
      await Promise.race([wake.promise, sleep(AGAIN_MS, undefined, { signal: waiting.signal })]);
      waiting.abort();
    }
    // Its rejection is the abort, which ends the loop.
    await sleep(GATHER_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function tell(entry: StoreEntry, options: ReportExternalStoresOptions): Promise<void> {
  const { client, theirs, version, now, signal, timeoutMs = 30_000 } = options;
  const key = entry.status === "found" ? entry.store : entry.key;
  const { kind, name, namespace } = key;
  const object = theirs.objectOf(key);
  // One that names a controller is that controller's, and so is its status.
  if (object === undefined || field(field(object, "spec"), "controller")) return;
  const problem = entry.status === "found" ? await problemOf(entry.store, options) : entry.problem;
  const { name: ownName, uid = "" } = object.metadata;
  const status = statusOf(object, problem?.replaceAll(name, ownName), now());
  if (status === undefined) return;
  const resource = { group: EXTERNAL_GROUP, version, plural: EXTERNAL_PLURALS[kind] };
  const metadata = { name: ownName, ...(namespace !== undefined && { namespace }), uid };
  try {
    await applyObject(
      client,
      { ...resource, ...(namespace !== undefined && { namespace }) },
      { apiVersion: `${EXTERNAL_GROUP}/${version}`, kind, metadata, status },
      { fieldManager: "sluice-sync", force: true, subresource: "status" },
      { signal, timeoutMs },
    );
  } catch (error) {
    // It is gone, or another one of its name is there, which is told.
    if (!KubernetesError.isInstance(error) || (error.status !== 404 && error.status !== 409)) throw error;
  }
}

async function problemOf(
  store: Extract<StoreEntry, { readonly status: "found" }>["store"],
  options: ReportExternalStoresOptions,
): Promise<string | undefined> {
  const { client, signal, timeoutMs = 30_000 } = options;
  try {
    const read = await readExternalOptions(client, store, { signal, timeoutMs });
    const configured = await configureStore(store, read, options);
    return "problem" in configured ? configured.problem : undefined;
  } catch (thrown) {
    if (SluiceError.isInstance(thrown)) return thrown.message;
    throw thrown;
  }
}

function statusOf(object: KubernetesObject, problem: string | undefined, now: number): object | undefined {
  const written = field(field(object, "status"), "conditions");
  const conditions: readonly unknown[] = Array.isArray(written) ? written : [];
  const before = conditions.find((condition) => field(condition, "type") === "Ready");
  const { message } = tidyCheck({
    ready: true,
    reason: "Valid",
    message: problem ?? "The store can be used",
  });
  const ready = {
    type: "Ready",
    status: problem === undefined ? "True" : "False",
    reason: problem === undefined ? "Valid" : "InvalidProviderConfig",
    message,
  };
  const isSame = (name: keyof typeof ready): boolean => field(before, name) === ready[name];
  if (isSame("status") && isSame("reason") && isSame("message")) return undefined;
  const since = field(before, "lastTransitionTime");
  const lastTransitionTime = isSame("status") && typeof since === "string" ? since : kubernetesTime(now);
  return { conditions: [{ ...ready, lastTransitionTime }], capabilities: "ReadOnly" };
}
