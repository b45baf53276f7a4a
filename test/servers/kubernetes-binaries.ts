import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./shared/cache-folder.js";
import { buildGoPrograms, findPrograms, pathFolders } from "./shared/go-programs.js";
import { serversRequired } from "./shared/server.js";

/** The two programs a control plane without nodes consists of. */
export interface KubernetesBinaries {
  readonly apiServer: string;
  readonly etcd: string;
}

/** What asks a control plane for something: people, and the controllers of the cluster itself. */
export interface KubernetesTools {
  readonly kubectl: string;
  readonly "kube-controller-manager": string;
}

const MODULE = fileURLToPath(new URL("go/kubernetes", import.meta.url));
const SERVERS = {
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
  etcd: "go.etcd.io/etcd/server/v3",
};
const TOOLS = {
  kubectl: "k8s.io/kubernetes/cmd/kubectl",
  "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
};

/**
 * kube-apiserver and etcd: those in `KUBEBUILDER_ASSETS`, on the `PATH`, or built earlier; where there are none,
 * they are built from source if servers are required, which takes some minutes once.
 */
export async function kubernetesBinaries(): Promise<KubernetesBinaries | undefined> {
  const built = cacheFolder(`kube-apiserver-${await kubernetesVersion()}`);
  const folders = [process.env["KUBEBUILDER_ASSETS"] ?? "", ...pathFolders(), built];
  const found =
    findPrograms(["kube-apiserver", "etcd"], folders) ??
    (serversRequired() ? await buildGoPrograms(MODULE, SERVERS, built) : undefined);
  return found && { apiServer: found["kube-apiserver"], etcd: found.etcd };
}

/** kubectl and kube-controller-manager of the same version, found or built likewise. */
export async function kubernetesTools(): Promise<KubernetesTools | undefined> {
  const built = cacheFolder(`kubernetes-tools-${await kubernetesVersion()}`);
  return (
    findPrograms(["kubectl", "kube-controller-manager"], [built, ...pathFolders()]) ??
    (serversRequired() ? buildGoPrograms(MODULE, TOOLS, built) : undefined)
  );
}

/** The version that they have when they are built: `v1.35.4`. */
export async function kubernetesVersion(): Promise<string> {
  const [, version] = /k8s\.io\/kubernetes (v\S+)/.exec(await readFile(join(MODULE, "go.mod"), "utf8")) ?? [];
  if (version === undefined) throw new Error("go.mod names no version of k8s.io/kubernetes");
  return version;
}
