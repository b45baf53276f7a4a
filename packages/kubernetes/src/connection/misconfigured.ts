import { KubernetesError } from "../errors/kubernetes-error.js";

/** Where the cluster is, or who we are there, is not told, or makes no sense. */
export function misconfigured(reason: string, problem: string): KubernetesError {
  return new KubernetesError({ kind: "configuration", reason, problem });
}
