import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { SluiceError } from "@sluice/core";

/**
 * Writes a file so that a reader sees the old one or the whole new one. It is made beside its place, with its
 * final permissions from the first byte on, and nothing is left of it when something fails.
 */
export async function writeWhole(
  directory: string,
  path: string,
  content: Uint8Array,
  mode: number,
): Promise<void> {
  const target = resolve(directory, path);
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}`);
  try {
    await using file = await open(draft, "wx", mode);
    // The process's umask may have taken bits away that were asked for.
    await file.chmod(mode);
    await file.writeFile(content);
    await file.sync();
    await rename(draft, target);
  } catch (thrown) {
    await rm(draft, { force: true });
    throw new SluiceError({
      code: "SLU1101",
      kind: "configuration",
      problem: `${path} cannot be written (${(thrown as NodeJS.ErrnoException).code})`,
      remedy: "Check that its folder exists and may be written",
    });
  }
}
