import type { CallOptions } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import type { ObjectToWrite } from "./create-object.js";
import { asObject, type KubernetesObject } from "./kubernetes-object.js";
import { APPLY_PATCH } from "./media-types.js";
import { type Resource, resourcePath } from "./resource.js";

/** How an object is applied. */
export interface ApplyOptions {
  /** Who owns the fields that are applied. What this owner applied before and does not now is removed. */
  readonly fieldManager: string;
  /** Take fields over that others own, instead of failing with a conflict; false by default. */
  readonly force?: boolean;
  /** Apply to this part only: `status`. Such an object must be there already. */
  readonly subresource?: string;
}

/**
 * Server-side apply: creates an object, or makes the fields that are given so.
 *
 * @throws {KubernetesError} with `status` 409 when somebody else owns one of the fields.
 */
export async function applyObject(
  client: KubernetesClient,
  resource: Resource,
  object: ObjectToWrite & { readonly metadata: { readonly name: string } },
  { fieldManager, force = false, subresource }: ApplyOptions,
  options: CallOptions,
): Promise<KubernetesObject> {
  const { body } = await client.call(
    {
      method: "PATCH",
      path: resourcePath(resource, object.metadata.name, subresource),
      query: { fieldManager, force: String(force) },
      contentType: APPLY_PATCH,
      body: object,
    },
    options,
  );
  return asObject(body);
}
