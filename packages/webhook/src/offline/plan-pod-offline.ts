import type { DialectProblem, Dialect } from "@sluice/core/dialect";
import { asPod } from "../admission/as-pod.js";
import { planRequest } from "../admission/plan-request.js";
import type { ClusterLookups } from "../lookups/cluster-lookups.js";
import type { PodPlan } from "../planning/pod-plan.js";
import { ANY_SETTINGS } from "./any-settings.js";

/** What the containers of a pod are to be given, as the webhook would plan it. */
export async function planPodOffline(
  written: Readonly<Record<string, unknown>>,
  namespace: string,
  dialects: readonly Dialect[],
  lookups: ClusterLookups,
): Promise<Pick<PodPlan, "plans" | "files"> & { readonly problems: readonly DialectProblem[] }> {
  const pod = asPod(written);
  if ("misfit" in pod) {
    const problem = `${String(pod.misfit)} is not what a pod has there`;
    return { plans: new Map(), files: new Map(), problems: [{ problem, remedy: "Correct the pod" }] };
  }
  const options = { dialects, lookups, strategies: [], settings: ANY_SETTINGS };
  return planRequest(options, pod, namespace, "all", new AbortController().signal);
}
