import { field, type KubernetesObject, kubernetesTime, type ObjectCondition } from "@sluice/kubernetes";
import type { SecretSyncStatus } from "@sluice/kubernetes/syncs";
import type { SyncMemory, SyncReport, Verdict } from "../source/sync-report.js";

const MOST_OBSERVED = 2_000;
const MOST_MESSAGE = 1_024;

/** What the status of a `SecretSync` says of the last sync. */
export function recallSecretSync(object: KubernetesObject): SyncMemory {
  const { lastSyncTime, observed = [], outputs = [] } = statusIn(object);
  const lastSyncAt = Date.parse(lastSyncTime ?? "");
  return {
    ...(!Number.isNaN(lastSyncAt) && { lastSyncAt }),
    observed,
    outputs,
  };
}

/** The status that a report makes; `undefined` if that is what it says. */
export function secretSyncStatus(
  object: KubernetesObject,
  report: SyncReport,
  now: number,
): SecretSyncStatus | undefined {
  const before = statusIn(object);
  const { generation = 0 } = object.metadata;
  const condition = (type: string, verdict: Verdict): ObjectCondition =>
    nextCondition(before, type, verdict, generation, now);
  const status: SecretSyncStatus = {
    observedGeneration: generation,
    ...(report.lastSyncAt !== undefined && { lastSyncTime: kubernetesTime(report.lastSyncAt) }),
    ...(report.nextSyncAt !== undefined && { nextSyncTime: kubernetesTime(report.nextSyncAt) }),
    conditions: [condition("Ready", report.ready), condition("Synced", report.synced)],
    observed: report.observed.slice(0, MOST_OBSERVED),
    outputs: report.outputs,
  };
  return JSON.stringify(sorted(status)) === JSON.stringify(sorted(before)) ? undefined : status;
}

function statusIn(object: KubernetesObject): SecretSyncStatus {
  return field(object, "status") ?? {};
}

function nextCondition(
  { conditions = [] }: SecretSyncStatus,
  type: string,
  { holds, reason, message }: Verdict,
  observedGeneration: number,
  now: number,
): ObjectCondition {
  const status = holds ? "True" : "False";
  const before = conditions.find((condition) => condition.type === type);
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : kubernetesTime(now);
  return { type, status, reason, message: tidy(message), lastTransitionTime, observedGeneration };
}

function tidy(message: string): string {
  return message
    .replaceAll(/[\p{Cc}\p{Cs}]+/gu, " ")
    .slice(0, MOST_MESSAGE)
    .toWellFormed();
}

/** The same text for the same data, whoever wrote it. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, part]) => [name, sorted(part)]),
  );
}
