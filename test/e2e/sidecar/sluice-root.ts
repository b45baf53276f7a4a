import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unpackPackages } from "../../servers/containers/debian-packages.js";
import { cacheFolder } from "../../servers/shared/cache-folder.js";
import { runCommand } from "../../servers/shared/run-command.js";

const SCRIPT = fileURLToPath(new URL("../../../scripts/write-image.mjs", import.meta.url));
const PRINT_LAYERS = fileURLToPath(new URL("../../../scripts/image/print-layers.mjs", import.meta.url));

/** What Node's own executable is linked with, and a place for roots. */
const BASE = ["base-files", "libc6", "libstdc++6", "libgcc-s1", "ca-certificates"];

/** The image of sluice as a node has it unpacked. */
export interface SluiceRoot extends AsyncDisposable {
  readonly root: string;
  readonly entrypoint: readonly string[];
}

export async function unpackSluice(): Promise<SluiceRoot> {
  const work = await mkdtemp(join(tmpdir(), "sluice-root-"));
  const [layout, root] = [join(work, "layout"), join(work, "root")];
  const base = cacheFolder("node-base");
  await unpackPackages(BASE, base);
  await runCommand("cp", ["-a", base, root]);
  await runCommand(process.execPath, [SCRIPT, layout]);
  const layers = await runCommand(process.execPath, [PRINT_LAYERS, layout]);
  for (const layer of layers.trim().split("\n")) await runCommand("tar", ["-xf", layer, "-C", root]);
  for (const folder of ["proc", "dev", "sys", "tmp", "sluice"])
    await mkdir(join(root, folder), { recursive: true });
  await runCommand("chmod", ["755", work, root]);
  await rm(layout, { recursive: true });
  return {
    root,
    entrypoint: ["/usr/local/bin/node", "/opt/sluice/packages/cli/bin/sluice.js"],
    [Symbol.asyncDispose]: async () => rm(work, { recursive: true, force: true }),
  };
}
