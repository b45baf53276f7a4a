import { createHash } from "node:crypto";
import { field, type KubernetesObject } from "@sluice/kubernetes";
import { EXTERNAL_GROUP } from "../external-stores/parse-external-store.js";
import type { SyncSource } from "../source/sync-source.js";
import { sortedEntries } from "../util/sorted-entries.js";
import { externalSecretStatus, recallExternalSecret } from "./external-secret-status.js";
import type { ExternalSecretSpec } from "./external-secret.js";
import { type FindExternalStore, isCreatedOnce, readExternalSecret } from "./read-external-secret.js";

/** What `ExternalSecret`s are read with. */
export interface ExternalSecretSourceOptions {
  /** Version of the kind that the cluster serves; `v1` by default. */
  readonly version?: "v1" | "v1beta1";
  /** How the stores that it names are found. */
  readonly find: FindExternalStore;
}

/** `ExternalSecret` of the External Secrets Operator, as a source of syncs, in its place. */
export function externalSecretSource({ version = "v1", find }: ExternalSecretSourceOptions): SyncSource {
  return {
    apiVersion: `${EXTERNAL_GROUP}/${version}`,
    kind: "ExternalSecret",
    isOptional: true,
    resource: (namespace) => ({
      group: EXTERNAL_GROUP,
      version,
      plural: "externalsecrets",
      ...(namespace !== undefined && { namespace }),
    }),
    keep,
    read: (object) => readExternalSecret(object, find),
    recall: recallExternalSecret,
    statusOf: externalSecretStatus,
  };
}

function keep(object: KubernetesObject): KubernetesObject {
  const { name, namespace, uid, resourceVersion, labels, annotations } = object.metadata;
  return {
    metadata: {
      name,
      resourceVersion,
      generation: askedFor(object),
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(labels !== undefined && { labels }),
      ...(annotations !== undefined && { annotations }),
    },
    spec: field(object, "spec"),
    status: field(object, "status"),
  } as KubernetesObject;
}

/**
 * Tells one wish from another, in place of the generation: whoever changes a label or an annotation asks anew, as with
 * their operator, by which people have a secret refreshed at once. What is brought once is one wish for good.
 */
function askedFor(object: KubernetesObject): number {
  const spec = (field(object, "spec") ?? {}) as ExternalSecretSpec;
  const { generation = 0, labels = {}, annotations = {} } = object.metadata;
  if (isOnce(spec)) return 1;
  const { "kubectl.kubernetes.io/last-applied-configuration": _, ...others } = annotations;
  const texts = JSON.stringify([generation, sortedEntries(labels), sortedEntries(others)]);
  // As many bits as a number keeps exactly.
  return createHash("sha256").update(texts).digest().readUIntBE(0, 6);
}

function isOnce(spec: ExternalSecretSpec): boolean {
  // Nobody has looked at it yet.
  const { refreshPolicy, refreshInterval } = spec;
  const interval = typeof refreshInterval === "string" ? { refreshInterval } : {};
  return isCreatedOnce({ ...(refreshPolicy !== undefined && { refreshPolicy }), ...interval });
}
