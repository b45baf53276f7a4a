import { SluiceError } from "@sluice/core";
import { field, type KubernetesObject } from "@sluice/kubernetes";
import { formatFault, schemaFaults } from "@sluice/kubernetes/stores";
import { RE2JSException } from "re2js";
import type { ExternalStoreRef } from "../external-stores/external-store-name.js";
import type { ExternalStore } from "../external-stores/external-store.js";
import type { ReadSync } from "../source/sync-source.js";
import type { SyncSpec } from "../source/sync-spec.js";
import { inputsOf } from "./external-secret-inputs.js";
import { outputOf } from "./external-secret-output.js";
import { EXTERNAL_SECRET_SCHEMA } from "./external-secret-schema.js";
import type { ExternalSecretSpec } from "./external-secret.js";
import { ExternalSecretProblem } from "./external-secret-problem.js";
import { parseDuration } from "./parse-duration.js";
import { refusedField } from "./refused-fields.js";

/** The store that an `ExternalSecret` of a namespace names, if it can be used. */
export type FindExternalStore = (namespace: string, ref: ExternalStoreRef) => ExternalStore | undefined;

const HOUR_MS = 3_600_000;
/** As a `SecretSync` may ask for: the shortest among its users sets how often a store is asked for all of them. */
const SHORTEST_MS = 10_000;
/** A timer takes no longer time; whoever asks for more looks more often. */
const LONGEST_MS = 24 * HOUR_MS;

/** What an `ExternalSecret` asks for. */
export function readExternalSecret(object: KubernetesObject, find: FindExternalStore): ReadSync {
  const written = field(object, "spec");
  const refused = refusedField(written);
  if (refused !== undefined) return { problem: refused };
  const faults = schemaFaults(EXTERNAL_SECRET_SCHEMA, written ?? {});
  if (faults.length > 0)
    return {
      problem: faults
        .map(({ path, problem }) => formatFault({ path: ["spec", ...path], problem }))
        .join("; "),
    };
  try {
    return { sync: toSync(object, written ?? {}, find) };
  } catch (thrown) {
    if (thrown instanceof ExternalSecretProblem) return { problem: thrown.message };
    if (thrown instanceof RE2JSException)
      return { problem: "spec.dataFrom has a regexp that is no regular expression of RE2: correct it" };
    // Messages about templates quote what was written there, which is no value.
    if (SluiceError.isInstance(thrown)) return { problem: `spec.target.template: ${thrown.message}` };
    throw thrown;
  }
}

function toSync(object: KubernetesObject, spec: ExternalSecretSpec, find: FindExternalStore): SyncSpec {
  const { namespace = "" } = object.metadata;
  const { refreshPolicy = "Periodic", refreshInterval = "1h" } = spec;
  const everyMs = parseDuration(refreshInterval);
  if (everyMs === undefined)
    throw new ExternalSecretProblem("refreshInterval", "is no duration", "write it like 1h or 30s");
  const inputs = inputsOf(spec, (ref) => find(namespace, ref));
  if (inputs.length === 0)
    throw new ExternalSecretProblem("data", "is empty, and so is dataFrom", "name what is to be read");
  const isOnce = isCreatedOnce(spec);
  return {
    suspended: false,
    serviceAccount: "default",
    intervalMs:
      refreshPolicy === "Periodic" && everyMs > 0
        ? Math.min(Math.max(everyMs, SHORTEST_MS), LONGEST_MS)
        : LONGEST_MS,
    inputs,
    outputs: spec.target?.creationPolicy === "None" ? [] : [outputOf(object, spec)],
    laterWins: true,
    rereads: true,
    ...(isOnce && { frozen: "for-good" as const }),
    ...(refreshPolicy === "OnChange" && { frozen: "until-changed" as const }),
  };
}

/** Whether it is brought once, and never again: also what they took an interval of 0 for. */
export function isCreatedOnce({ refreshPolicy, refreshInterval = "1h" }: ExternalSecretSpec): boolean {
  if (refreshPolicy === "CreatedOnce") return true;
  return refreshPolicy !== "OnChange" && parseDuration(refreshInterval) === 0;
}
