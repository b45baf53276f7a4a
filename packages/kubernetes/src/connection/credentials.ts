import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { thrownName } from "@sluice/core";
import { KubernetesError } from "../errors/kubernetes-error.js";
import type { LoadedConfig } from "./load-kube-config.js";

/**
 * What a request is sent with: certificates and headers of the configured user, or, with a token, of whoever
 * holds that and of nobody else.
 */
export async function credentials({ config }: LoadedConfig, token?: string): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await (token === undefined ? config : await actingAs(config, token)).applyToHTTPSOptions(options);
  } catch (error) {
    // A plugin's message is whatever it printed.
    const reason = thrownName(error);
    const problem = `cannot be asked: there are no credentials for it (${reason})`;
    throw new KubernetesError({ kind: "credentials", reason, problem });
  }
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
