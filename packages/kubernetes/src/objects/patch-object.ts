import type { CallOptions } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { asObject, type KubernetesObject } from "./kubernetes-object.js";
import { MERGE_PATCH } from "./media-types.js";
import { type Resource, resourcePath } from "./resource.js";

/**
 * Changes the fields that a JSON merge patch has; `null` removes one. With `metadata.resourceVersion` in it, only
 * that very state is changed.
 *
 * @throws {KubernetesError} with `status` 404 when it is not there, 409 when it is in another state.
 */
export async function patchObject(
  client: KubernetesClient,
  resource: Resource,
  name: string,
  patch: object,
  options: CallOptions,
): Promise<KubernetesObject> {
  const path = resourcePath(resource, name);
  const request = { method: "PATCH", path, contentType: MERGE_PATCH, body: patch } as const;
  const { body } = await client.call(request, options);
  return asObject(body);
}
