import type { CallOptions } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { asObject, type KubernetesObject } from "./kubernetes-object.js";
import { type Resource, resourcePath } from "./resource.js";

/**
 * Reads one object.
 *
 * @throws {KubernetesError} with `status` 404 when it is not there.
 */
export async function getObject(
  client: KubernetesClient,
  resource: Resource,
  name: string,
  options: CallOptions,
): Promise<KubernetesObject> {
  const { body } = await client.call({ path: resourcePath(resource, name) }, options);
  return asObject(body);
}
