import { readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { version } from "../build/build-launcher.js";
import { launcherPath } from "../launcher-path.js";
import { launcherImage } from "./launcher-image.js";
import { writeLayout } from "./write-layout.js";

// Writes the image of the launchers that were built, as an OCI layout: main.js [FOLDER].
const folder = process.argv[2] ?? fileURLToPath(new URL("../../dist/oci", import.meta.url));
const programs = {
  amd64: await readFile(launcherPath({ platform: "linux", arch: "x64" })),
  arm64: await readFile(launcherPath({ platform: "linux", arch: "arm64" })),
};
const image = await launcherImage(programs, version());
await rm(folder, { recursive: true, force: true });
await writeLayout(folder, image, version());
process.stdout.write(`${folder}  ${version()}  ${image.index.digest}\n`);
