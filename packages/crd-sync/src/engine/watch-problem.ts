import { KubernetesError } from "@sluice/kubernetes";
import { failureOfThrown } from "../source/sync-failure.js";

/** Where somebody finds what a watch lacks. */
export interface WatchRemedies {
  /** The rights to list and watch. */
  readonly rights: string;
  /** The kind itself. */
  readonly kind: string;
}

/** Why a watch does not work, for people, and what to do where that is known. */
export function watchProblem(thrown: unknown, { rights, kind }: WatchRemedies): string {
  const status = KubernetesError.isInstance(thrown) ? thrown.status : undefined;
  if (status === 403)
    return `${(thrown as Error).message}: the controller may not list and watch them. ${rights}`;
  if (status === 404) return `${(thrown as Error).message}: the cluster has no such kind. ${kind}`;
  return failureOfThrown(thrown).message;
}
