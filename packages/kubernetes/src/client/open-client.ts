import { resolve } from "node:path";
import { KubernetesClient } from "./kubernetes-client.js";

/** The process that asks. */
export interface ClientPlace {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the path of a kubeconfig is relative to. */
  readonly directory: string;
}

/** What `--kubeconfig` and `--context` say. */
export interface ClientChoice {
  /** Path of a kubeconfig; by default what KUBECONFIG names, or the pod's own account. */
  readonly kubeconfig?: string;
  /** A context of the kubeconfig; its current one by default. */
  readonly context?: string;
}

/** The client of the cluster that a command line names. */
export function openClient(
  { environment, directory }: ClientPlace,
  { kubeconfig, context }: ClientChoice,
): KubernetesClient {
  return new KubernetesClient({
    environment,
    ...(kubeconfig !== undefined && { kubeconfig: resolve(directory, kubeconfig) }),
    ...(context !== undefined && { context }),
  });
}
