import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../shared/cache-folder.js";
import { runCommand } from "../shared/run-command.js";
import { unpackPackages } from "./debian-packages.js";

const SCRIPT = fileURLToPath(new URL("../../../scripts/write-image.mjs", import.meta.url));
const PRINT_LAYERS = fileURLToPath(new URL("../../../scripts/image/print-layers.mjs", import.meta.url));
/** What Node's own executable is linked with, and a place for roots. */
const BASE = ["base-files", "libc6", "libstdc++6", "libgcc-s1", "ca-certificates"];

/** Our own image as a node has it. */
export interface SluiceImage {
  readonly root: string;
  readonly entrypoint: readonly string[];
}

interface Described {
  readonly digest: string;
}

/** Unpacks the image of sluice over Debian, into a folder that is there. */
export async function sluiceImage(work: string): Promise<SluiceImage> {
  const [base, root, layout] = [cacheFolder("node-base"), join(work, "root"), join(work, "layout")];
  await unpackPackages(BASE, base);
  await runCommand("cp", ["-a", base, root]);
  for (const folder of ["proc", "dev", "sys", "tmp"]) await mkdir(join(root, folder), { recursive: true });
  await runCommand(process.execPath, [SCRIPT, layout]);
  const layers = await runCommand(process.execPath, [PRINT_LAYERS, layout]);
  for (const layer of layers.trim().split("\n")) await runCommand("tar", ["-xf", layer, "-C", root]);
  await runCommand("chmod", ["755", work, root]);
  const read = async <Content>({ digest }: Described): Promise<Content> =>
    JSON.parse(await readFile(join(layout, "blobs", ...digest.split(":")), "utf8")) as Content;
  const index = JSON.parse(await readFile(join(layout, "index.json"), "utf8")) as {
    readonly manifests: readonly [Described];
  };
  const manifest = await read<{ readonly config: Described }>(index.manifests[0]);
  const { config } = await read<{ readonly config: { readonly Entrypoint: readonly string[] } }>(
    manifest.config,
  );
  return { root, entrypoint: config.Entrypoint };
}
