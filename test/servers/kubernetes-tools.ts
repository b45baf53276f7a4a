import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGo } from "./go/build-go.js";
import { kubernetesVersion } from "./kubernetes-binaries.js";
import { cacheFolder } from "./shared/cache-folder.js";
import { serversRequired } from "./shared/server.js";

/** What asks a control plane for something: people, and the controllers of the cluster itself. */
export interface KubernetesTools {
  readonly kubectl: string;
  readonly controllerManager: string;
}

const MODULE = fileURLToPath(new URL("go/kubernetes", import.meta.url));
const BUILD_TIMEOUT_MS = 20 * 60_000;
const NAMES = ["kubectl", "kube-controller-manager"];

/**
 * kubectl and kube-controller-manager: those built earlier at the version of `go.mod`, or on the `PATH`; where there are
 * none, they are built from source if servers are required, which takes a minute once kube-apiserver is.
 */
export async function kubernetesTools(): Promise<KubernetesTools | undefined> {
  const built = cacheFolder(`kubernetes-tools-${await kubernetesVersion()}`);
  const onPath = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return findIn([built]) ?? findIn(onPath) ?? (serversRequired() ? build(built) : undefined);
}

function findIn(folders: readonly string[]): KubernetesTools | undefined {
  const [kubectl, controllerManager] = NAMES.map((name) =>
    folders.map((folder) => join(folder, name)).find((path) => existsSync(path)),
  );
  return kubectl === undefined || controllerManager === undefined
    ? undefined
    : { kubectl, controllerManager };
}

async function build(folder: string): Promise<KubernetesTools | undefined> {
  for (const name of NAMES) {
    const source = `k8s.io/kubernetes/cmd/${name}`;
    await buildGo({ module: MODULE, source, output: join(folder, name), timeoutMs: BUILD_TIMEOUT_MS });
  }
  return findIn([folder]);
}
