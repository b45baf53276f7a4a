import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./shared/cache-folder.js";
import { runCommand } from "./shared/run-command.js";
import { serversRequired } from "./shared/server.js";

/** The programs that render `deploy/`. */
export interface DeployTools {
  readonly helm: string;
  readonly kustomize: string;
}

const MODULE = fileURLToPath(new URL("go/deploy-tools", import.meta.url));
const BUILD_TIMEOUT_MS = 20 * 60_000;
const PACKAGES = {
  helm: "helm.sh/helm/v3/cmd/helm",
  kustomize: "sigs.k8s.io/kustomize/kustomize/v5",
};

/**
 * Helm and kustomize: those built earlier at the versions of `go.mod`, or on the `PATH`; where there are none, they are
 * built from source if servers are required, which takes two minutes once.
 */
export async function deployTools(): Promise<DeployTools | undefined> {
  const digest = createHash("sha256").update(await readFile(join(MODULE, "go.mod")));
  const built = cacheFolder(`deploy-tools-${digest.digest("hex").slice(0, 16)}`);
  const onPath = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return findIn([built]) ?? findIn(onPath) ?? (serversRequired() ? build(built) : undefined);
}

function findIn(folders: readonly string[]): DeployTools | undefined {
  const [helm, kustomize] = ["helm", "kustomize"].map((name) =>
    folders.map((folder) => join(folder, name)).find((path) => existsSync(path)),
  );
  return helm === undefined || kustomize === undefined ? undefined : { helm, kustomize };
}

async function build(folder: string): Promise<DeployTools> {
  await mkdir(folder, { recursive: true });
  for (const [name, source] of Object.entries(PACKAGES)) {
    // Another test file may be building too: the name is there only when all of the file is.
    const half = join(folder, `.${name}.${process.pid}`);
    const flags = ["-trimpath", "-ldflags", "-s -w", "-o", half];
    const go = ["CGO_ENABLED=0", "go", "-C", MODULE, "build", ...flags, source];
    await runCommand("env", go, BUILD_TIMEOUT_MS);
    await rename(half, join(folder, name));
  }
  return { helm: join(folder, "helm"), kustomize: join(folder, "kustomize") };
}
