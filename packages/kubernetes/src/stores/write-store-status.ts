import type { CallOptions } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { KubernetesError } from "../errors/kubernetes-error.js";
import { applyObject } from "../objects/apply-object.js";
import { getObject } from "../objects/get-object.js";
import { field, type KubernetesObject } from "../objects/kubernetes-object.js";
import { kubernetesTime } from "../objects/kubernetes-time.js";
import { type StoreCheck, tidyCheck } from "./store-check.js";
import type { StoreCondition, StoreStatus } from "./store-manifest.js";
import { STORE_API_VERSION, storeResource } from "./store-resource.js";
import { type StoreKey, versionOf } from "./store.js";

/** What became of a status, and the store it is of. */
export type StatusWrite =
  /** It says the same already. */
  | { readonly kind: "same" }
  /** The store was changed, or is gone, since it was checked. */
  | { readonly kind: "outdated" }
  | { readonly kind: "written"; readonly uid: string; readonly readyChanged: boolean };

export interface StatusToWrite {
  readonly key: StoreKey;
  /** Version of the store that was checked. */
  readonly version: string;
  readonly check: StoreCheck;
  readonly fieldManager: string;
  /** Write again, though nothing changed, what was written longer ago than this, in milliseconds. */
  readonly refreshMs: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Makes a store's status say what a check found, unless it says so already. */
export async function writeStoreStatus(
  client: KubernetesClient,
  { key, version, fieldManager, refreshMs, now, ...checked }: StatusToWrite,
  call: CallOptions,
): Promise<StatusWrite> {
  const object = await readStore(client, key, call);
  if (object === undefined || versionOf(object.metadata) !== version) return { kind: "outdated" };
  const { uid = "", generation = 0, name, namespace } = object.metadata;
  const before = (field(object, "status") ?? {}) as StoreStatus;
  const condition = nextCondition(before, tidyCheck(checked.check), generation, now);
  const old = readyCondition(before);
  const isFresh = now - Date.parse(before.checkedAt ?? "") < refreshMs;
  if (old !== undefined && isFresh && isSame(old, condition)) return { kind: "same" };
  const status: StoreStatus = {
    observedGeneration: generation,
    checkedAt: kubernetesTime(now),
    conditions: [condition],
  };
  const metadata = { name, uid, ...(namespace !== undefined && { namespace }) };
  await applyObject(
    client,
    storeResource(key),
    { apiVersion: STORE_API_VERSION, kind: key.kind, metadata, status },
    { fieldManager, force: true, subresource: "status" },
    call,
  );
  return { kind: "written", uid, readyChanged: old?.status !== condition.status };
}

async function readStore(
  client: KubernetesClient,
  key: StoreKey,
  call: CallOptions,
): Promise<KubernetesObject | undefined> {
  try {
    return await getObject(client, storeResource(key), key.name, call);
  } catch (error) {
    if (KubernetesError.isInstance(error) && error.status === 404) return undefined;
    throw error;
  }
}

function nextCondition(
  before: StoreStatus,
  { ready, reason, message }: StoreCheck,
  observedGeneration: number,
  now: number,
): StoreCondition {
  const status = ready ? "True" : "False";
  const old = readyCondition(before);
  const changed = kubernetesTime(now);
  const lastTransitionTime = old?.status === status ? old.lastTransitionTime : changed;
  return { type: "Ready", status, reason, message, lastTransitionTime, observedGeneration };
}

function readyCondition({ conditions = [] }: StoreStatus): StoreCondition | undefined {
  return conditions.find(({ type }) => type === "Ready");
}

function isSame(one: StoreCondition, other: StoreCondition): boolean {
  const names = ["status", "reason", "message", "observedGeneration"] as const;
  return names.every((name) => one[name] === other[name]);
}
