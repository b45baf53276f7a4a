import { deflateRawSync, inflateRawSync } from "node:zlib";
import { field, type KubernetesObject, kubernetesTime } from "@sluice/kubernetes";
import { externalStoreName } from "../external-stores/external-store-name.js";
import type { ObservedSecret, OutputMemory, SyncMemory, SyncReport } from "../source/sync-report.js";
import { storesOf } from "./external-secret-inputs.js";
import type { ExternalSecretSpec } from "./external-secret.js";

/** The fields that their kind has. */
interface ExternalSecretStatus {
  readonly refreshTime?: string;
  readonly syncedResourceVersion?: string;
  readonly conditions: readonly ExternalCondition[];
  readonly binding?: { readonly name: string };
}

interface ExternalCondition {
  readonly type: "Ready";
  readonly status: "True" | "False";
  readonly reason: "SecretSynced" | "SecretSyncedError" | "SecretDeleted";
  readonly message: string;
  readonly lastTransitionTime: string;
}

const MOST_MESSAGE = 1_024;
/** Of what somebody may have written there, no more is taken out. */
const MOST_MEMORY = 4 * 1024 * 1024;
const OWN_VERSION = /^sluice-([0-9a-zA-Z_-]+)$/;

/** What the status of an `ExternalSecret` says of the last sync; nothing if their operator wrote it. */
export function recallExternalSecret(object: KubernetesObject): SyncMemory {
  const status = field(object, "status");
  const lastSyncAt = Date.parse(String(field(status, "refreshTime")));
  const { observed = [], outputs = [] } = unpacked(field(status, "syncedResourceVersion")) ?? {};
  const isOurs = outputs.length > 0 || observed.length > 0;
  return { observed, outputs, ...(isOurs && !Number.isNaN(lastSyncAt) && { lastSyncAt }) };
}

/**
 * The status that a report makes; `undefined` if that is what it says. Their kind has no place for what is remembered of
 * a sync but the text that says what was synced, so it is in there, packed: names, versions and keyed hashes.
 */
export function externalSecretStatus(
  object: KubernetesObject,
  report: SyncReport,
  now: number,
): ExternalSecretStatus | undefined {
  const before = field(object, "status");
  const { observed, outputs, lastSyncAt } = report;
  const memory: Packed = {
    // A version tells nothing that the value's hash does not.
    observed: observed.map(({ reference }) => ({ reference })),
    outputs,
  };
  const [output] = outputs;
  const recalled = unpacked(field(before, "syncedResourceVersion"));
  const isKnown = recalled !== undefined && JSON.stringify(recalled) === JSON.stringify(memory);
  const isEmpty = memory.observed.length === 0 && outputs.length === 0;
  const version = isEmpty
    ? undefined
    : isKnown
      ? String(field(before, "syncedResourceVersion"))
      : packed(memory);
  const refreshTime = lastSyncAt === undefined ? undefined : kubernetesTime(lastSyncAt);
  const condition = conditionOf(object, report, now);
  const status: ExternalSecretStatus = {
    ...(refreshTime !== undefined && { refreshTime }),
    ...(version !== undefined && { syncedResourceVersion: version }),
    conditions: [condition],
    ...(output !== undefined && { binding: { name: output.name } }),
  };
  const same =
    field(before, "refreshTime") === (refreshTime ?? field(before, "refreshTime")) &&
    // What another wrote there stays there.
    (isEmpty ? recalled === undefined : isKnown) &&
    (output === undefined || field(field(before, "binding"), "name") === output.name) &&
    isSame(readyIn(before), condition);
  return same ? undefined : status;
}

function conditionOf(object: KubernetesObject, report: SyncReport, now: number): ExternalCondition {
  const { synced, outputs } = report;
  const holds = synced.holds && synced.reason !== "Retained";
  const isDeleted = holds && outputs.length === 0 && report.observed.length === 0;
  const status = holds ? "True" : "False";
  const before = readyIn(field(object, "status"));
  const since = field(before, "lastTransitionTime");
  const reason = holds ? (isDeleted ? "SecretDeleted" : "SecretSynced") : "SecretSyncedError";
  return {
    type: "Ready",
    status,
    reason,
    message: messageOf(object, holds, isDeleted, synced),
    lastTransitionTime:
      field(before, "status") === status && typeof since === "string" ? since : kubernetesTime(now),
  };
}

function messageOf(
  object: KubernetesObject,
  holds: boolean,
  isDeleted: boolean,
  { reason, message }: SyncReport["synced"],
): string {
  if (isDeleted) return "the Secret is gone with what it was made of";
  if (holds) return "secret synced";
  const spec = (field(object, "spec") ?? {}) as ExternalSecretSpec;
  // What references call a store is our affair.
  const named = namesOf(spec).reduce((text, [ours, own]) => text.replaceAll(ours, own), message);
  return `${reason}: ${named}`
    .replaceAll(/[\p{Cc}\p{Cs}]+/gu, " ")
    .slice(0, MOST_MESSAGE)
    .toWellFormed();
}

function namesOf(spec: ExternalSecretSpec): (readonly [string, string])[] {
  try {
    return storesOf(spec).map((ref) => [externalStoreName(ref), ref.name] as const);
  } catch {
    // It is not shaped like one, which the message says already.
    return [];
  }
}

function readyIn(status: unknown): unknown {
  const conditions = field(status, "conditions");
  return Array.isArray(conditions)
    ? conditions.find((condition: unknown) => field(condition, "type") === "Ready")
    : undefined;
}

function isSame(before: unknown, condition: ExternalCondition): boolean {
  return (["status", "reason", "message"] as const).every((name) => field(before, name) === condition[name]);
}

interface Packed {
  readonly observed: readonly ObservedSecret[];
  readonly outputs: readonly OutputMemory[];
}

function packed(memory: Packed): string {
  return `sluice-${deflateRawSync(JSON.stringify(memory)).toString("base64url")}`;
}

function unpacked(text: unknown): Packed | undefined {
  const [, body] = OWN_VERSION.exec(typeof text === "string" ? text : "") ?? [];
  if (body === undefined) return undefined;
  try {
    const bytes = inflateRawSync(Buffer.from(body, "base64url"), { maxOutputLength: MOST_MEMORY });
    const found: unknown = JSON.parse(bytes.toString());
    const observed = field(found, "observed");
    const outputs = field(found, "outputs");
    if (!Array.isArray(observed) || !observed.every(isObserved)) return undefined;
    if (!Array.isArray(outputs) || !outputs.every(isOutput)) return undefined;
    return { observed, outputs };
  } catch {
    // Somebody wrote into the status: what is not remembered is found out anew.
    return undefined;
  }
}

function isObserved(value: unknown): value is ObservedSecret {
  return typeof field(value, "reference") === "string";
}

function isOutput(value: unknown): value is OutputMemory {
  const keys = field(value, "keys");
  return (
    ["name", "uid", "resourceVersion", "hash"].every((name) => typeof field(value, name) === "string") &&
    field(value, "kind") === "Secret" &&
    typeof field(value, "generation") === "number" &&
    Array.isArray(keys) &&
    keys.every((key) => typeof key === "string")
  );
}
