import {
  type CallOptions,
  type KubernetesClient,
  KubernetesError,
  METADATA_OF_ONE,
  resourcePath,
} from "@sluice/kubernetes";
import type { PodName } from "../leases/ledger-entry.js";

/**
 * Whether there is a pod of this name now; one that is being deleted still is.
 *
 * @throws {KubernetesError} when that cannot be told
 */
export async function isPodAlive(
  client: KubernetesClient,
  { namespace, name }: PodName,
  call: CallOptions,
): Promise<boolean> {
  const path = resourcePath({ version: "v1", plural: "pods", namespace }, name);
  try {
    await client.call({ path, accept: METADATA_OF_ONE }, call);
    return true;
  } catch (error) {
    if (KubernetesError.isInstance(error) && error.status === 404) return false;
    throw error;
  }
}
