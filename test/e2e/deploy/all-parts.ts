import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { deployTools } from "../../servers/deploy-tools.js";
import { runCommand } from "../../servers/shared/run-command.js";
import { DEPLOY, type Manifest, manifestsIn } from "./manifests.js";

const PARTS = ["install", "crds-akv2k8s", "objects"];
const COMPONENTS = ["sync", "sync-akv2k8s", "sync-restarts", "generator"];

/** The same as values of the chart. */
export const ALL_VALUES: readonly string[] = [
  "sync.enabled=true",
  "sync.akv2k8s=true",
  "sync.restarts=true",
  "generator.enabled=true",
  "objects.enabled=true",
];

/** Writes a kustomization as somebody has it who wants everything. Gives its folder, below another. */
export async function writeAllParts(folder: string): Promise<string> {
  const own = join(folder, "everything");
  await mkdir(own);
  const from = (path: string): string => relative(own, fileURLToPath(new URL(`kustomize/${path}`, DEPLOY)));
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: PARTS.map(from),
    components: COMPONENTS.map((name) => from(`components/${name}`)),
  };
  await writeFile(join(own, "kustomization.yaml"), JSON.stringify(kustomization));
  return own;
}

/** What a kustomization makes. */
export async function renderKustomization(folder: string): Promise<Manifest[]> {
  const tools = await deployTools();
  return manifestsIn(await runCommand(tools?.kustomize ?? "", ["build", folder]));
}
