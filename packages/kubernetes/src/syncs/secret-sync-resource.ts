import type { Resource } from "../objects/resource.js";
import { SLUICE_GROUP } from "../stores/store-resource.js";

/** Version of `SecretSync` that is served. */
export const SECRET_SYNC_VERSION = "v1alpha1";

/** `apiVersion` of `SecretSync`. */
export const SECRET_SYNC_API_VERSION = "sluice.dev/v1alpha1";

/** All `SecretSync`s, or those of a namespace. */
export function secretSyncResource(namespace?: string): Resource {
  const resource = { group: SLUICE_GROUP, version: SECRET_SYNC_VERSION, plural: "secretsyncs" };
  return { ...resource, ...(namespace !== undefined && { namespace }) };
}
