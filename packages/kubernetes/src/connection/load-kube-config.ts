import type { KubeConfig } from "@kubernetes/client-node";
import { thrownName } from "@sluice/core";
import { KubernetesError } from "../errors/kubernetes-error.js";
import type { ConnectionOptions } from "./connection-options.js";
import { isInCluster, loadInCluster } from "./in-cluster-config.js";
import { kubeconfigFiles } from "./kubeconfig-files.js";

/** Where a cluster is and who we are there. */
export interface LoadedConfig {
  readonly config: KubeConfig;
  readonly server: URL;
  /** Namespace of the context, or of the pod. */
  readonly namespace?: string;
}

/**
 * Loads the vendor's library, and with it the configuration: the given kubeconfig, or `KUBECONFIG`, or
 * `~/.kube/config`, or the account of the pod we run in.
 *
 * @throws {KubernetesError} when there is none, or it makes no sense.
 */
export async function loadKubeConfig(options: ConnectionOptions): Promise<LoadedConfig> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  const files = kubeconfigFiles(options);
  if (files.length > 0) for (const [at, path] of files.entries()) loadFile(config, path, at, KubeConfig);
  else if (isInCluster(options)) await loadInCluster(config, options);
  else throw misconfigured("kubeconfig-missing", "is not configured: no kubeconfig, and this is no pod");
  return chosen(config, options);
}

function loadFile(config: KubeConfig, path: string, at: number, Config: new () => KubeConfig): void {
  const part = at === 0 ? config : new Config();
  try {
    part.loadFromFile(path);
    if (part !== config) config.mergeConfig(part, true);
  } catch (error) {
    // The parser's message quotes the file, and with it tokens.
    throw misconfigured("kubeconfig", `is not configured: ${path} cannot be read (${thrownName(error)})`);
  }
}

function chosen(config: KubeConfig, { context }: ConnectionOptions): LoadedConfig {
  if (context !== undefined) config.setCurrentContext(context);
  const name = config.getCurrentContext();
  const current = config.getContexts().find((candidate) => candidate.name === name);
  const cluster = current && config.getClusters().find((candidate) => candidate.name === current.cluster);
  if (!current || !cluster)
    throw misconfigured("context", `is not configured: the kubeconfig has no cluster for context "${name}"`);
  if (!config.getCurrentUser())
    throw misconfigured("context", `is not configured: the kubeconfig has no user for context "${name}"`);
  if (!URL.canParse(cluster.server))
    throw misconfigured("kubeconfig", `is not configured: the server of context "${name}" is no URL`);
  return {
    config,
    server: new URL(cluster.server),
    ...(current.namespace !== undefined && { namespace: current.namespace }),
  };
}

function misconfigured(reason: string, problem: string): KubernetesError {
  return new KubernetesError({ kind: "configuration", reason, problem });
}
