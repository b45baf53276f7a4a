import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { blob, jsonBlob } from "../../../packages/launcher/src/image/blob.js";
import { writeLayout } from "../../../packages/launcher/src/image/write-layout.js";
import { cacheFolder } from "../shared/cache-folder.js";
import { runCommand } from "../shared/run-command.js";
import { unpackPackages } from "./debian-packages.js";

const SCRIPT = fileURLToPath(new URL("../../../scripts/write-image.mjs", import.meta.url));
const PRINT_LAYERS = fileURLToPath(new URL("../../../scripts/image/print-layers.mjs", import.meta.url));
const ARCHITECTURE = process.arch === "arm64" ? "arm64" : "amd64";
/** What Node's own executable is linked with, and a place for roots. */
const BASE = ["base-files", "libc6", "libstdc++6", "libgcc-s1", "ca-certificates"];

/** Writes the image of sluice as the project does it; `args` are those of `scripts/write-image.mjs`. */
export async function writeSluiceImage(folder: string, args: readonly string[] = []): Promise<void> {
  await runCommand(process.execPath, [SCRIPT, ...args, folder]);
}

/** An image as somebody would take it from a registry: Debian with what Node needs. Gives its layout in `work`. */
export async function writeBaseImage(work: string): Promise<string> {
  const root = cacheFolder("node-base");
  await unpackPackages(BASE, root);
  const tar = join(work, "base.tar");
  const places = ["proc", "dev", "sys", "tmp"];
  await mkdir(join(work, "places"));
  for (const place of places) await mkdir(join(work, "places", place));
  await runCommand("tar", ["-cf", tar, "-C", root, ".", "-C", join(work, "places"), "."]);
  const layer = blob("application/vnd.oci.image.layer.v1.tar", await readFile(tar));
  const config = jsonBlob("application/vnd.oci.image.config.v1+json", {
    architecture: ARCHITECTURE,
    os: "linux",
    config: { Env: ["PATH=/usr/bin:/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"] },
    rootfs: { type: "layers", diff_ids: [layer.descriptor.digest] },
  });
  const manifest = jsonBlob("application/vnd.oci.image.manifest.v1+json", {
    schemaVersion: 2,
    config: config.descriptor,
    layers: [layer.descriptor],
  });
  const folder = join(work, "base");
  await writeLayout(folder, { index: manifest.descriptor, blobs: [layer, config, manifest] }, "1");
  return folder;
}

/** Unpacks the layers of a layout, as the Containerfile does it. */
export async function unpackLayout(layout: string, root: string): Promise<void> {
  const layers = await runCommand(process.execPath, [PRINT_LAYERS, layout]);
  for (const layer of layers.trim().split("\n")) await runCommand("tar", ["-xf", layer, "-C", root]);
}

/** What a container of the image starts with. */
export interface SluiceImage {
  readonly root: string;
  readonly entrypoint: readonly string[];
  /** As `NAME=value`. */
  readonly env: readonly string[];
}

/** The image of sluice on a base, unpacked below `work`, which others must be able to pass. */
export async function unpackedSluiceImage(work: string): Promise<SluiceImage> {
  const layout = join(work, "image");
  await writeSluiceImage(layout, ["--base", await writeBaseImage(work)]);
  const root = join(work, "root");
  await mkdir(root, { mode: 0o755 });
  await unpackLayout(layout, root);
  const { manifests } = await readJson<{ readonly manifests: readonly Descriptor[] }>(layout, "index.json");
  const manifest = await readJson<{ readonly config: Descriptor }>(layout, blobOf(manifests[0]));
  const { config } = await readJson<{ readonly config: ImageConfig }>(layout, blobOf(manifest.config));
  return { root, entrypoint: config.Entrypoint, env: config.Env };
}

interface Descriptor {
  readonly digest: string;
}

interface ImageConfig {
  readonly Entrypoint: readonly string[];
  readonly Env: readonly string[];
}

function blobOf(of: Descriptor | undefined): string {
  return join("blobs", ...(of?.digest ?? "").split(":"));
}

async function readJson<Content>(layout: string, path: string): Promise<Content> {
  return JSON.parse(await readFile(join(layout, path), "utf8")) as Content;
}
