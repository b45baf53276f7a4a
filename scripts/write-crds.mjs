// Writes the CustomResourceDefinitions into the package that ships them, and to where they are installed from.
import { mkdirSync, writeFileSync } from "node:fs";
import { crdManifests } from "../packages/kubernetes/dist/stores/index.js";

for (const place of ["packages/kubernetes/crds", "deploy/kustomize/crds", "deploy/helm/sluice/crds"]) {
  const folder = new URL(`../${place}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const { file, text } of crdManifests()) writeFileSync(new URL(file, folder), text);
}
