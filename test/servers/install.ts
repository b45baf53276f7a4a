import { motoPython } from "./aws.js";
import { deployTools } from "./deploy-tools.js";
import { keyVaultBinary } from "./key-vault-binary.js";
import { hclProgram } from "./hcl-json.js";
import { javaProgram } from "./java/java.js";
import { kubernetesBinaries } from "./kubernetes-binaries.js";
import { kubernetesTools } from "./kubernetes-tools.js";
import { launcherProgram } from "./launcher.js";
import { serversRequired } from "./shared/server.js";
import { templateGoldensProgram } from "./template-goldens.js";
import { vaultServer } from "./vault-program.js";

/**
 * Fetches and builds, once and before any test counts its time, what tests need of real servers; only when they
 * are required. Building kube-apiserver takes some minutes; a container engine that runs has it in an image.
 */
export async function setup(): Promise<void> {
  if (!serversRequired()) return;
  const pull = { pull: true };
  if (process.env["SLUICE_AWS_ENDPOINT"] === undefined) await motoPython(pull);
  await vaultServer(pull);
  await keyVaultBinary();
  await kubernetesBinaries(pull);
  await kubernetesTools();
  await launcherProgram();
  await deployTools();
  await templateGoldensProgram();
  await hclProgram();
  await javaProgram();
}
