import { field, type KubernetesObject } from "@sluice/kubernetes";
import type { SyncSource } from "../source/sync-source.js";
import { keyVaultStatus, recallKeyVaultSync } from "./key-vault-status.js";
import { type KeyVaultSyncOptions, readKeyVaultSync } from "./read-key-vault-sync.js";

/** How `AzureKeyVaultSecret`s are read. */
export interface KeyVaultSourceOptions extends Omit<KeyVaultSyncOptions, "intervalMs"> {
  /** Milliseconds after which a change in a vault is seen at the latest; 60,000 by default. */
  readonly intervalMs?: number;
}

const GROUP = "spv.no";
/** The version that is looked at; the cluster converts the others. */
const VERSION = "v2beta1";

/** akv2k8s' `AzureKeyVaultSecret`, as a source of syncs, in place of its controller. It is handed the dialect. */
export function keyVaultSecretSource({ intervalMs = 60_000, ...given }: KeyVaultSourceOptions): SyncSource {
  const options = { ...given, intervalMs };
  return {
    apiVersion: `${GROUP}/${VERSION}`,
    kind: "AzureKeyVaultSecret",
    isOptional: true,
    resource: (namespace) => ({
      group: GROUP,
      version: VERSION,
      plural: "azurekeyvaultsecrets",
      ...(namespace !== undefined && { namespace }),
    }),
    keep,
    read: (object) => readKeyVaultSync(object, options),
    recall: recallKeyVaultSync,
    statusOf: keyVaultStatus,
  };
}

function keep(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { metadata, spec: field(object, "spec"), status: field(object, "status") } as KubernetesObject;
}
