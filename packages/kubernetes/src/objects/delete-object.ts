import type { CallOptions } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { KubernetesError } from "../errors/kubernetes-error.js";
import { type Resource, resourcePath } from "./resource.js";

/** What must hold of an object that is to be deleted. */
export interface DeletePreconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/**
 * Deletes one object; false when there is none.
 *
 * @throws {KubernetesError} with `status` 409 when a precondition does not hold.
 */
export async function deleteObject(
  client: KubernetesClient,
  resource: Resource,
  name: string,
  options: CallOptions,
  preconditions?: DeletePreconditions,
): Promise<boolean> {
  const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions };
  try {
    await client.call({ method: "DELETE", path: resourcePath(resource, name), body }, options);
    return true;
  } catch (error) {
    if (KubernetesError.isInstance(error) && error.status === 404) return false;
    throw error;
  }
}
