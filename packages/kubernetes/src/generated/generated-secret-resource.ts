import type { Resource } from "../objects/resource.js";
import { SLUICE_GROUP } from "../stores/store-resource.js";

/** Version of `GeneratedSecret` that is served. */
export const GENERATED_SECRET_VERSION = "v1alpha1";

/** `apiVersion` of `GeneratedSecret`. */
export const GENERATED_SECRET_API_VERSION = "sluice.dev/v1alpha1";

/** All `GeneratedSecret`s, or those of a namespace. */
export function generatedSecretResource(namespace?: string): Resource {
  const resource = { group: SLUICE_GROUP, version: GENERATED_SECRET_VERSION, plural: "generatedsecrets" };
  return { ...resource, ...(namespace !== undefined && { namespace }) };
}
