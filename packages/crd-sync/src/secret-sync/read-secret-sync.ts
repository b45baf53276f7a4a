import { parseReference, ReferenceSyntaxError, SluiceError } from "@sluice/core";
import { field, type KubernetesObject } from "@sluice/kubernetes";
import { formatFault } from "@sluice/kubernetes/stores";
import {
  type SecretSyncSpec,
  secretSyncFaults,
  SYNC_DAYS,
  type SyncedSearch,
  type SyncTarget,
  type SyncWindow,
} from "@sluice/kubernetes/syncs";
import { RE2JS, RE2JSException } from "re2js";
import type { ReadSync } from "../source/sync-source.js";
import type { OutputSpec, SearchInput, SyncInput, SyncSpec, UpdateWindow } from "../source/sync-spec.js";
import { shapeTemplate } from "./shape-template.js";

/** What a `SecretSync` asks for. */
export function readSecretSync(object: KubernetesObject): ReadSync {
  const written = field(object, "spec");
  const faults = secretSyncFaults(written);
  if (faults.length > 0) return { problem: faults.map(formatFault).join("; ") };
  const spec = written as SecretSyncSpec;
  try {
    return { sync: toSync(object.metadata.name, spec) };
  } catch (thrown) {
    // Messages about references and templates quote what was written there, which is no value.
    if (ReferenceSyntaxError.isInstance(thrown) || SluiceError.isInstance(thrown))
      return { problem: thrown.message };
    if (thrown instanceof RE2JSException)
      return { problem: "a name to find is no regular expression of RE2" };
    throw thrown;
  }
}

function toSync(name: string, spec: SecretSyncSpec): SyncSpec {
  return {
    suspended: spec.suspend ?? false,
    serviceAccount: spec.serviceAccountName ?? "default",
    intervalMs: (spec.intervalSeconds ?? 300) * 1000,
    inputs: inputsOf(spec),
    outputs: [outputOf(name, spec)],
    ...(spec.window !== undefined && { window: windowOf(spec.window) }),
  };
}

function inputsOf({ data = [], extract = [], find = [] }: SecretSyncSpec): SyncInput[] {
  return [
    ...data.map(({ key, from }): SyncInput => ({ kind: "value", key, reference: parseReference(from) })),
    ...extract.map(({ from, prefix = "", decode = [] }): SyncInput => ({
      kind: "fields",
      reference: parseReference(from),
      prefix,
      decode,
    })),
    ...find.map(searchOf),
  ];
}

function searchOf({
  store,
  path = "",
  name,
  tags = {},
  prefix = "",
  decode = [],
}: SyncedSearch): SearchInput {
  // In time linear in the path, whatever is written there.
  const pattern = name === undefined ? undefined : RE2JS.compile(name);
  return {
    kind: "search",
    store,
    path,
    fits: (rest) => pattern === undefined || pattern.matches(rest),
    tags,
    prefix,
    decode,
  };
}

function outputOf(ownName: string, { target = {}, template }: SecretSyncSpec): OutputSpec {
  const { kind = "Secret", name = ownName, type, creationPolicy = "Owner" }: SyncTarget = target;
  return {
    kind,
    name,
    ...(type !== undefined && { type }),
    labels: target.labels ?? {},
    annotations: target.annotations ?? {},
    creationPolicy,
    deletionPolicy: target.deletionPolicy ?? "Retain",
    adopt: target.adopt ?? false,
    ...(template !== undefined && { shape: shapeTemplate(template) }),
  };
}

function windowOf({ days = SYNC_DAYS, from, to, timeZone = "UTC" }: SyncWindow): UpdateWindow {
  return {
    days: new Set(days.map((day) => SYNC_DAYS.indexOf(day))),
    from: minutes(from),
    to: minutes(to),
    timeZone,
  };
}

function minutes(time: string): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return hour * 60 + minute;
}
