import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGo } from "./go/build-go.js";
import { cacheFolder } from "./shared/cache-folder.js";
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
  for (const [name, source] of Object.entries(PACKAGES))
    await buildGo({ module: MODULE, source, output: join(folder, name), timeoutMs: BUILD_TIMEOUT_MS });
  return { helm: join(folder, "helm"), kustomize: join(folder, "kustomize") };
}
