import type { KubernetesObject, ObjectMeta } from "@sluice/kubernetes";
import type { SyncSource } from "../source/sync-source.js";

/** An object that asks for a sync, as it is kept: ten thousand of them take a third of the memory as text. */
export interface PackedSync extends KubernetesObject {
  readonly metadata: Pick<ObjectMeta, "name" | "namespace" | "uid" | "generation" | "resourceVersion">;
  /** All that its source keeps, as JSON. */
  readonly text: string;
  /** Whether it was never synced, as its status says. */
  readonly isNew: boolean;
}

/** Packs an object that came from the cluster. */
export function packSync(source: SyncSource, object: KubernetesObject): PackedSync {
  const kept = source.keep(object);
  // Of what is kept: a source may tell one wish from another by more than the generation.
  const { name, namespace, uid, generation, resourceVersion } = kept.metadata;
  return {
    metadata: {
      name,
      resourceVersion,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(generation !== undefined && { generation }),
    },
    text: JSON.stringify(kept),
    isNew: source.recall(kept).lastSyncAt === undefined,
  };
}

export function unpackSync(text: string): KubernetesObject {
  return JSON.parse(text) as KubernetesObject;
}
