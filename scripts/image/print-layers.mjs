// Prints where the layers of an OCI layout are, the lowest first: print-layers.mjs FOLDER.
import { readBase } from "./base-layout.mjs";
import { join } from "node:path";

const [folder = ""] = process.argv.slice(2);
const architecture = process.arch === "arm64" ? "arm64" : "amd64";
for (const { descriptor } of readBase(folder, architecture).layers)
  process.stdout.write(`${join(folder, "blobs", ...descriptor.digest.split(":"))}\n`);
