import { KubernetesError } from "@sluice/kubernetes";

/** Whether the cluster does not know the kind that was asked for; of an object that is not there it says `NotFound`. */
export function isMissingKind(thrown: unknown): boolean {
  return KubernetesError.isInstance(thrown) && thrown.status === 404 && thrown.reason !== "NotFound";
}
