import { deployTools } from "./deploy-tools.js";
import { keyVaultBinary } from "./key-vault-binary.js";
import { hclProgram } from "./hcl-json.js";
import { javaProgram } from "./java/java.js";
import { kubernetesBinaries, kubernetesTools } from "./kubernetes-binaries.js";
import { launcherProgram } from "./launcher.js";
import { installedMoto, installMoto } from "./python/install-moto.js";
import { serversRequired } from "./shared/server.js";
import { templateGoldensProgram } from "./template-goldens.js";
import { vaultProgram } from "./vault-program.js";

/**
 * Fetches and builds, once and before any test counts its time, what tests need of real servers; only when they
 * are required. Building kube-apiserver takes some minutes.
 */
export async function setup(): Promise<void> {
  if (!serversRequired()) return;
  if ((await installedMoto()) === undefined) await installMoto();
  await vaultProgram();
  await keyVaultBinary();
  await kubernetesBinaries();
  await kubernetesTools();
  await launcherProgram();
  await deployTools();
  await templateGoldensProgram();
  await hclProgram();
  await javaProgram();
}
