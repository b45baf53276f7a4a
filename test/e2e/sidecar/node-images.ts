import { chmod, copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { containerImages } from "../../servers/containers/container-images.js";
import { launcherProgram } from "../../servers/launcher.js";
import type { NodeImage } from "../peers/mini-kubelet.js";
import { unpackSluice } from "./sluice-root.js";

export const LAUNCHER = "example.test/sluice-launcher:1";
export const SLUICE = "example.test/sluice:1";

/** What the node has: the image of sluice, one of the launcher, and Debian. */
export async function nodeImages(
  onClose: (close: () => Promise<void>) => void,
): Promise<Record<string, NodeImage>> {
  const work = await mkdtemp(join(tmpdir(), "sluice-agents-"));
  onClose(async () => rm(work, { recursive: true, force: true }));
  await chmod(work, 0o755);
  const root = join(work, "launcher-image");
  for (const folder of ["proc", "dev", "sluice"]) await mkdir(join(root, folder), { recursive: true });
  const program = await launcherProgram();
  if (program === undefined) throw new Error("The launcher needs Go to be built");
  await copyFile(program, join(root, "sluice-launch"));
  await chmod(join(root, "sluice-launch"), 0o555);
  const sluice = await unpackSluice();
  onClose(async () => sluice[Symbol.asyncDispose]());
  return {
    [LAUNCHER]: { root, entrypoint: ["/sluice-launch"] },
    [SLUICE]: { root: sluice.root, entrypoint: sluice.entrypoint },
    app: { root: (await containerImages()).roots.debian },
  };
}
