import { kubernetesTools } from "./kubernetes-tools.js";
import type { RunningKubernetes } from "./kubernetes.js";
import { ServerProcess } from "./shared/server-process.js";
import { installed } from "./shared/server-program.js";

/**
 * Starts controllers of Kubernetes itself at a cluster, as `kube-controller-manager --controllers` names them.
 *
 * @throws {Error} when there is no such program
 */
export async function startControllers(
  { kubeconfig }: RunningKubernetes,
  names: readonly string[],
): Promise<ServerProcess> {
  const tools = await kubernetesTools();
  if (tools === undefined) throw new Error("There is no kube-controller-manager");
  const flags = ["--leader-elect=false", "--secure-port=0"];
  const args = [`--kubeconfig=${kubeconfig}`, `--controllers=${names.join(",")}`, ...flags];
  return new ServerProcess({ program: installed(tools.controllerManager), args });
}
