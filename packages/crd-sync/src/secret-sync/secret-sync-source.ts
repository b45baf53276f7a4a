import type { KubernetesObject } from "@sluice/kubernetes";
import {
  SECRET_SYNC_API_VERSION,
  type SecretSyncManifest,
  secretSyncResource,
} from "@sluice/kubernetes/syncs";
import type { SyncSource } from "../source/sync-source.js";
import { readSecretSync } from "./read-secret-sync.js";
import { recallSecretSync, secretSyncStatus } from "./secret-sync-status.js";

/** `SecretSync`, as a source of syncs. */
export function secretSyncSource(): SyncSource {
  return {
    apiVersion: SECRET_SYNC_API_VERSION,
    kind: "SecretSync",
    resource: (namespace) => secretSyncResource(namespace),
    keep: (object) => {
      const { metadata, spec, status } = object as SecretSyncManifest;
      const { name, namespace, uid, resourceVersion, generation } = metadata;
      return {
        metadata: {
          name,
          resourceVersion,
          ...(namespace !== undefined && { namespace }),
          ...(uid !== undefined && { uid }),
          ...(generation !== undefined && { generation }),
        },
        spec,
        ...(status !== undefined && { status }),
      } as KubernetesObject;
    },
    read: readSecretSync,
    recall: recallSecretSync,
    statusOf: secretSyncStatus,
  };
}
