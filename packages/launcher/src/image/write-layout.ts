import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LauncherImage } from "./launcher-image.js";

/**
 * Writes an image as an OCI layout, which `skopeo`, `crane`, `podman` and `ctr` push or load without a daemon that
 * built it. The folder must not exist, or be empty.
 */
export async function writeLayout(folder: string, image: LauncherImage, version: string): Promise<void> {
  const blobs = join(folder, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });
  for (const { content, descriptor } of image.blobs)
    await writeFile(join(blobs, descriptor.digest.slice("sha256:".length)), content);
  const annotations = { "org.opencontainers.image.ref.name": version };
  const index = { schemaVersion: 2, manifests: [{ ...image.index, annotations }] };
  await writeFile(join(folder, "index.json"), JSON.stringify(index));
  await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
}
