import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./shared/cache-folder.js";
import { buildGoPrograms, findPrograms, pathFolders } from "./shared/go-programs.js";
import { serversRequired } from "./shared/server.js";

/** The programs that render `deploy/`. */
export interface DeployTools {
  readonly helm: string;
  readonly kustomize: string;
}

const MODULE = fileURLToPath(new URL("go/deploy-tools", import.meta.url));
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
  return (
    findPrograms(["helm", "kustomize"], [built, ...pathFolders()]) ??
    (serversRequired() ? buildGoPrograms(MODULE, PACKAGES, built) : undefined)
  );
}
