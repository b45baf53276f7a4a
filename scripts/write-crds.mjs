// Writes the CustomResourceDefinitions into the package that ships them.
import { mkdirSync, writeFileSync } from "node:fs";
import { crdManifests } from "../packages/kubernetes/dist/stores/index.js";

const folder = new URL("../packages/kubernetes/crds/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const { file, text } of crdManifests()) writeFileSync(new URL(file, folder), text);
