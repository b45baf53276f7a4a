import { formatReference } from "@sluice/core";
import type { KubernetesObject } from "@sluice/kubernetes";
import { SyncFailure } from "../source/sync-failure.js";
import type { ReadSync } from "../source/sync-source.js";
import type { OutputSpec, SyncedValues, SyncInput } from "../source/sync-spec.js";
import {
  type KeyVaultPart,
  type KeyVaultPicks,
  partReference,
  picksForConfigMap,
  picksForSecret,
} from "./key-vault-picks.js";
import type { KeyVaultOutput, KeyVaultProblem, KeyVaultSecret } from "./key-vault-secret.js";
import { multiValueEntries } from "./multi-value-entries.js";

/** Metadata that is about the object itself, and is not handed on to what it makes. */
const OWN_METADATA = /^(kubectl\.kubernetes\.io|argocd\.argoproj\.io|([a-z0-9-]+\.)*sluice\.dev)\//;

/** What an `AzureKeyVaultSecret` means here. */
export interface KeyVaultSyncOptions {
  readonly read: (object: KubernetesObject) => KeyVaultSecret | KeyVaultProblem;
  readonly storeOf: (vault: string) => string;
  readonly intervalMs: number;
}

/** What an `AzureKeyVaultSecret` asks for. One without an output asks for nothing: it is for variables of pods. */
export function readKeyVaultSync(object: KubernetesObject, options: KeyVaultSyncOptions): ReadSync {
  const secret = options.read(object);
  if ("problem" in secret) return told(secret);
  const store = options.storeOf(secret.vault);
  const inputs = new Map<KeyVaultPart, SyncInput>();
  const outputs: OutputSpec[] = [];
  for (const kind of ["Secret", "ConfigMap"] as const) {
    const wanted = kind === "Secret" ? secret.secret : secret.configMap;
    if (wanted === undefined) continue;
    const picks = kind === "Secret" ? picksForSecret(secret, wanted) : picksForConfigMap(secret, wanted);
    if (typeof picks === "object" && "problem" in picks) return told(picks);
    const parts = picks === "each" ? (["value"] as const) : picks.map(({ part }) => part);
    for (const part of parts)
      inputs.set(part, { kind: "value", key: part, reference: partReference(secret, part, store) });
    outputs.push({
      ...fixed(object, kind, wanted),
      // Halves of a pair that do not belong together are never written: this needs all of them.
      shape: async (values) => shaped(values, picks, secret, store),
    });
  }
  const { intervalMs } = options;
  const sync = {
    suspended: false,
    serviceAccount: "default",
    intervalMs,
    inputs: Array.from(inputs.values()),
  };
  return { sync: { ...sync, outputs } };
}

function fixed(
  { metadata }: KubernetesObject,
  kind: OutputSpec["kind"],
  { name, type }: KeyVaultOutput,
): OutputSpec {
  return {
    kind,
    name,
    ...(kind === "Secret" && type !== undefined && { type }),
    labels: handedOn(metadata.labels),
    annotations: handedOn(metadata.annotations),
    creationPolicy: "Owner",
    deletionPolicy: "Retain",
    // akv2k8s' own controller let them own what it made.
    adopt: "owned",
  };
}

function shaped(
  values: SyncedValues,
  picks: Exclude<KeyVaultPicks, KeyVaultProblem>,
  secret: KeyVaultSecret,
  store: string,
): SyncedValues {
  if (picks !== "each")
    return new Map(
      picks.flatMap(({ key, part }) => {
        const value = values.get(part);
        return value === undefined ? [] : [[key, value] as const];
      }),
    );
  const value = values.get("value");
  if (value === undefined) return values;
  const from = partReference(secret, "value", store);
  const entries = multiValueEntries(value, secret.contentType, from);
  if (entries.size > 0) return entries;
  throw new SyncFailure("InvalidSecret", `${formatReference(from)} has no entries`, "store");
}

function handedOn(written: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(written).filter(([name]) => !OWN_METADATA.test(name)));
}

function told({ problem, remedy }: KeyVaultProblem): ReadSync {
  return { problem: `${problem}. ${remedy}` };
}
