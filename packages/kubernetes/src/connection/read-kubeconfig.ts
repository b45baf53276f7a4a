import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { thrownName } from "@sluice/core";
import type { LoadedConfig } from "./loaded-config.js";
import { misconfigured } from "./misconfigured.js";

/** Reads kubeconfigs, merged as kubectl merges them, by the vendor's library. @throws {KubernetesError} */
export async function readKubeconfig(files: readonly string[], context?: string): Promise<LoadedConfig> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  for (const [at, path] of files.entries()) loadFile(config, path, at, KubeConfig);
  return chosen(config, context);
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

function chosen(config: KubeConfig, context: string | undefined): LoadedConfig {
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
    server: new URL(cluster.server),
    account: async (token) => accountOf(config, token),
    ...(current.namespace !== undefined && { namespace: current.namespace }),
  };
}

async function accountOf(config: KubeConfig, token: string | undefined): Promise<RequestOptions> {
  const options: RequestOptions = {};
  await (token === undefined ? config : await actingAs(config, token)).applyToHTTPSOptions(options);
  // Without a proxy the vendor's agent is a plain one that does not keep connections alive; ours does.
  if (!config.getCurrentCluster()?.proxyUrl) delete options.agent;
  return options;
}

async function actingAs(config: KubeConfig, token: string): Promise<KubeConfig> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const acting = new KubeConfig();
  const cluster = config.getCurrentCluster();
  if (cluster) acting.loadFromClusterAndUser(cluster, { name: "bearer", token });
  return acting;
}
