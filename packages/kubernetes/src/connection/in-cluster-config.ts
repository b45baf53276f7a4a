import { readFile } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { thrownName } from "@sluice/core";
import type { ConnectionOptions } from "./connection-options.js";

const SERVICE_ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Whether this process runs in a pod, as far as its environment tells. */
export function isInCluster({ environment }: ConnectionOptions): boolean {
  return Boolean(environment["KUBERNETES_SERVICE_HOST"]) && Boolean(environment["KUBERNETES_SERVICE_PORT"]);
}

/** Fills in the account of the pod. Its token is read again every minute, for the kubelet renews it. */
export async function loadInCluster(config: KubeConfig, options: ConnectionOptions): Promise<void> {
  const folder = options.serviceAccountFolder ?? SERVICE_ACCOUNT_FOLDER;
  const host = options.environment["KUBERNETES_SERVICE_HOST"] ?? "";
  const port = options.environment["KUBERNETES_SERVICE_PORT"] ?? "";
  const namespace = await readNamespace(join(folder, "namespace"));
  const [cluster, user, context] = ["in-cluster", "service-account", "in-cluster"];
  config.loadFromOptions({
    clusters: [
      {
        name: cluster,
        server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
        caFile: join(folder, "ca.crt"),
        skipTLSVerify: false,
      },
    ],
    users: [
      { name: user, authProvider: { name: "tokenFile", config: { tokenFile: join(folder, "token") } } },
    ],
    contexts: [{ name: context, cluster, user, ...(namespace !== undefined && { namespace }) }],
    currentContext: context,
  });
}

async function readNamespace(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    // A token mounted by hand comes without it.
    if (thrownName(error) === "ENOENT") return undefined;
    throw error;
  }
}
