import { existsSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./shared/cache-folder.js";
import { runCommand } from "./shared/run-command.js";
import { serversRequired } from "./shared/server.js";

/** The two programs a control plane without nodes consists of. */
export interface KubernetesBinaries {
  readonly apiServer: string;
  readonly etcd: string;
}

const MODULE = fileURLToPath(new URL("go/kubernetes", import.meta.url));
const BUILD_TIMEOUT_MS = 30 * 60_000;
const PACKAGES = {
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
  etcd: "go.etcd.io/etcd/server/v3",
};

/**
 * kube-apiserver and etcd: those in `KUBEBUILDER_ASSETS`, on the `PATH`, or built earlier; where there are none,
 * they are built from source if servers are required, which takes some minutes once.
 */
export async function kubernetesBinaries(): Promise<KubernetesBinaries | undefined> {
  const folders = [process.env["KUBEBUILDER_ASSETS"], ...(process.env["PATH"] ?? "").split(delimiter)];
  const built = cacheFolder(`kube-apiserver-${await pinnedVersion()}`);
  return (
    findIn(folders.filter((folder) => folder !== undefined && folder !== "") as string[]) ??
    findIn([built]) ??
    (serversRequired() ? build(built) : undefined)
  );
}

function findIn(folders: readonly string[]): KubernetesBinaries | undefined {
  const [apiServer, etcd] = ["kube-apiserver", "etcd"].map((name) =>
    folders.map((folder) => join(folder, name)).find((path) => existsSync(path)),
  );
  return apiServer === undefined || etcd === undefined ? undefined : { apiServer, etcd };
}

async function build(folder: string): Promise<KubernetesBinaries> {
  await mkdir(folder, { recursive: true });
  for (const [name, source] of Object.entries(PACKAGES)) {
    // Another test file may be building too: the name is there only when all of the file is.
    const half = join(folder, `.${name}.${process.pid}`);
    const flags = ["-trimpath", "-ldflags", "-s -w", "-o", half];
    await runCommand(
      "env",
      ["CGO_ENABLED=0", "go", "-C", MODULE, "build", ...flags, source],
      BUILD_TIMEOUT_MS,
    );
    await rename(half, join(folder, name));
  }
  return { apiServer: join(folder, "kube-apiserver"), etcd: join(folder, "etcd") };
}

async function pinnedVersion(): Promise<string> {
  const [, version] = /k8s\.io\/kubernetes (v\S+)/.exec(await readFile(join(MODULE, "go.mod"), "utf8")) ?? [];
  if (version === undefined) throw new Error("go.mod names no version of k8s.io/kubernetes");
  return version;
}
