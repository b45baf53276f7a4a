import { kubernetesTools } from "./kubernetes-binaries.js";
import { KubernetesProcess } from "./kubernetes-process.js";
import type { RunningKubernetes } from "./kubernetes.js";

/**
 * Starts controllers of Kubernetes itself at a cluster, as `kube-controller-manager --controllers` names them.
 *
 * @throws {Error} when there is no such program
 */
export async function startControllers(
  { kubeconfig }: RunningKubernetes,
  names: readonly string[],
): Promise<AsyncDisposable> {
  const tools = await kubernetesTools();
  if (tools === undefined) throw new Error("There is no kube-controller-manager");
  const started = new KubernetesProcess("kube-controller-manager", tools["kube-controller-manager"], {
    kubeconfig,
    controllers: names.join(","),
    "leader-elect": "false",
    "secure-port": "0",
  });
  return { [Symbol.asyncDispose]: async () => started.stop() };
}
