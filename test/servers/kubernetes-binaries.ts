import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { containerProgram } from "./engine/server-image.js";
import { buildGo } from "./go/build-go.js";
import { cacheFolder } from "./shared/cache-folder.js";
import { serversRequired } from "./shared/server.js";
import { installed, type ServerProgram } from "./shared/server-program.js";

/** The two programs a control plane without nodes consists of. */
export interface KubernetesBinaries {
  readonly apiServer: ServerProgram;
  readonly etcd: ServerProgram;
}

const MODULE = fileURLToPath(new URL("go/kubernetes", import.meta.url));
const BUILD_TIMEOUT_MS = 30 * 60_000;
const PACKAGES = {
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
  etcd: "go.etcd.io/etcd/server/v3",
};

/**
 * kube-apiserver and etcd: those in `KUBEBUILDER_ASSETS`, else in containers if an engine runs, else on the `PATH` or
 * built earlier; where there are none, they are built from source if servers are required, which takes some minutes once.
 */
export async function kubernetesBinaries(pull?: {
  readonly pull: boolean;
}): Promise<KubernetesBinaries | undefined> {
  const { KUBEBUILDER_ASSETS: assets, PATH = "" } = process.env;
  const built = cacheFolder(`kube-apiserver-${await kubernetesVersion()}`);
  return (
    (assets ? findIn([assets]) : undefined) ??
    (await contained(pull)) ??
    findIn(PATH.split(delimiter).filter((folder) => folder !== "")) ??
    findIn([built]) ??
    (serversRequired() ? build(built) : undefined)
  );
}

async function contained(pull?: { readonly pull: boolean }): Promise<KubernetesBinaries | undefined> {
  const apiServer = await containerProgram("kube-apiserver", "kube-apiserver", pull);
  const etcd = apiServer && (await containerProgram("etcd", "etcd", pull));
  return etcd && { apiServer, etcd };
}

function findIn(folders: readonly string[]): KubernetesBinaries | undefined {
  const [apiServer, etcd] = ["kube-apiserver", "etcd"].map((name) =>
    folders.map((folder) => join(folder, name)).find((path) => existsSync(path)),
  );
  return apiServer === undefined || etcd === undefined
    ? undefined
    : { apiServer: installed(apiServer), etcd: installed(etcd) };
}

async function build(folder: string): Promise<KubernetesBinaries | undefined> {
  for (const [name, source] of Object.entries(PACKAGES))
    await buildGo({ module: MODULE, source, output: join(folder, name), timeoutMs: BUILD_TIMEOUT_MS });
  return findIn([folder]);
}

/** The version that is built: `v1.35.4`. */
export async function kubernetesVersion(): Promise<string> {
  const [, version] = /k8s\.io\/kubernetes (v\S+)/.exec(await readFile(join(MODULE, "go.mod"), "utf8")) ?? [];
  if (version === undefined) throw new Error("go.mod names no version of k8s.io/kubernetes");
  return version;
}
