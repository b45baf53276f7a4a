import type { CallOptions } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import type { ObjectToWrite } from "./create-object.js";
import { type Resource, resourcePath } from "./resource.js";

/**
 * Finds out whether an object could be created, without creating it.
 *
 * @throws {KubernetesError} as creating it would.
 */
export async function tryCreate(
  client: KubernetesClient,
  resource: Resource,
  object: ObjectToWrite,
  options: CallOptions,
): Promise<void> {
  const request = {
    method: "POST",
    path: resourcePath(resource),
    query: { dryRun: "All" },
    body: object,
  } as const;
  await client.call(request, options);
}
