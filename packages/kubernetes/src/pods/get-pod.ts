import type { CallOptions } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { getObject } from "../objects/get-object.js";
import { parsePod } from "./parse-pod.js";
import type { Pod } from "./pod.js";

/** Largest pod that is read: etcd takes no object of more than 1.5 MiB. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Reads a pod as it is now, past every cache.
 *
 * @throws {KubernetesError} with `status` 404 when it is gone.
 */
export async function getPod(
  client: KubernetesClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  call: CallOptions,
): Promise<Pod> {
  const pods = { version: "v1", plural: "pods", namespace };
  return parsePod(await getObject(client, pods, name, { maxBytes: MOST_BYTES, ...call }));
}
