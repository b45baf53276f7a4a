import type { ConnectionOptions } from "./connection-options.js";
import { kubeconfigFiles } from "./kubeconfig-files.js";
import { isInCluster, loadInCluster } from "./load-in-cluster.js";
import type { LoadedConfig } from "./loaded-config.js";
import { misconfigured } from "./misconfigured.js";
import { readKubeconfig } from "./read-kubeconfig.js";
import { readPlainKubeconfig } from "./read-plain-kubeconfig.js";

/**
 * Loads the configuration: the given kubeconfig, or `KUBECONFIG`, or `~/.kube/config`, or the account of the pod we
 * run in. The vendor's library is loaded only for a kubeconfig that names a plugin, a proxy or other files.
 *
 * @throws {KubernetesError} when there is none, or it makes no sense.
 */
export async function loadKubeConfig(options: ConnectionOptions): Promise<LoadedConfig> {
  const { context } = options;
  const files = kubeconfigFiles(options);
  const [only] = files;
  if (only !== undefined)
    return (
      (files.length === 1 ? await readPlainKubeconfig(only, context) : undefined) ??
      readKubeconfig(files, context)
    );
  if (isInCluster(options)) return loadInCluster(options);
  throw misconfigured("kubeconfig-missing", "is not configured: no kubeconfig, and this is no pod");
}
