import type { DialectProblem } from "@sluice/core/dialect";
import { asPod, type ClusterLookups, planRequest, type PodPlan } from "@sluice/webhook";
import type { DialectSettings } from "../webhook/webhook-settings.js";

/** How pods would reach a broker is no matter here. */
const ANY = {
  source: { address: "https://broker", serverName: "broker", roots: "" },
  launcher: { image: "launcher", delivery: "copy" },
  writer: { image: "writer" },
} as const;

/** What the containers of a pod are to be given, as the webhook would plan it. */
export async function planPodOffline(
  written: Readonly<Record<string, unknown>>,
  namespace: string,
  { dialects }: Pick<DialectSettings, "dialects">,
  lookups: ClusterLookups,
): Promise<Pick<PodPlan, "plans" | "files"> & { readonly problems: readonly DialectProblem[] }> {
  const pod = asPod(written);
  if ("misfit" in pod) {
    const problem = `${String(pod.misfit)} is not what a pod has there`;
    return { plans: new Map(), files: new Map(), problems: [{ problem, remedy: "Correct the pod" }] };
  }
  const options = { dialects, lookups, strategies: [], settings: ANY };
  return planRequest(options, pod, namespace, "all", new AbortController().signal);
}
