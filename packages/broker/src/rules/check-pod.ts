import type { Pod } from "@sluice/kubernetes";
import type { Workload } from "../audit/audit-events.js";
import { refuse } from "../refusals.js";

/** How far clocks may be apart, in milliseconds. */
const SKEW_MS = 2_000;

/**
 * Holds the pod as it is now against its token.
 *
 * @param now milliseconds since the epoch
 * @see docs/spec/protocol-v1.md, 7.2
 * @throws ProblemError
 */
export function checkPod(pod: Pod | undefined, workload: Workload, now: number): Pod {
  const { namespace, pod: name, podUid, serviceAccount } = workload;
  if (pod === undefined) throw refuse("pod-gone", `There is no pod ${namespace}/${name}`);
  if (pod.uid !== podUid)
    throw refuse("another-pod", `Pod ${namespace}/${name} is not the one the token was made for`);
  if (pod.serviceAccountName !== serviceAccount)
    throw refuse("another-pod", `Pod ${namespace}/${name} does not run as service account ${serviceAccount}`);
  // The grace period is in it.
  if (pod.deletionTime !== undefined && pod.deletionTime + SKEW_MS < now)
    throw refuse("pod-ending", `Pod ${namespace}/${name} is past its grace period`);
  if (pod.phase === "Succeeded" || pod.phase === "Failed")
    throw refuse("pod-finished", `Pod ${namespace}/${name} has finished`);
  return pod;
}
