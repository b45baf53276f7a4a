import type { CallOptions } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { asObject, type KubernetesObject } from "./kubernetes-object.js";
import { type Resource, resourcePath } from "./resource.js";

/** An object to be written: its `apiVersion`, `kind`, `metadata` and what else its kind has. */
export interface ObjectToWrite {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name?: string; readonly generateName?: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/**
 * Creates one object.
 *
 * @throws {KubernetesError} with `reason` `AlreadyExists` when there is one of its name.
 */
export async function createObject(
  client: KubernetesClient,
  resource: Resource,
  object: ObjectToWrite,
  options: CallOptions,
): Promise<KubernetesObject> {
  const { body } = await client.call({ method: "POST", path: resourcePath(resource), body: object }, options);
  return asObject(body);
}
