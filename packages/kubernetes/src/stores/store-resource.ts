import type { Resource } from "../objects/resource.js";
import type { StoreKey, StoreKind } from "./store.js";

/** API group of what Sluice defines. */
export const SLUICE_GROUP = "sluice.dev";

/** Version of `SecretStore` and `ClusterSecretStore` that is served. */
export const STORE_VERSION = "v1alpha1";

/** `apiVersion` of both kinds. */
export const STORE_API_VERSION = "sluice.dev/v1alpha1";

/** How each kind is named in paths and roles. */
export const STORE_PLURALS: Readonly<Record<StoreKind, string>> = {
  SecretStore: "secretstores",
  ClusterSecretStore: "clustersecretstores",
};

/** All stores of a kind, or those of a namespace. */
export function storeResource({ kind, namespace }: Pick<StoreKey, "kind" | "namespace">): Resource {
  const resource = { group: SLUICE_GROUP, version: STORE_VERSION, plural: STORE_PLURALS[kind] };
  return { ...resource, ...(namespace !== undefined && { namespace }) };
}
