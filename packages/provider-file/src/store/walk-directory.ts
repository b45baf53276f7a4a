import type { BigIntStats, Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, systemCode } from "../failure/failure-of.js";
import { isInside, isReserved } from "./directory-path.js";

/**
 * Every regular file of a directory by its path, its parts separated by `/`. Links are followed as far as they
 * stay inside; reserved names and everything else are left out.
 *
 * @param root absolute and without links
 */
export async function walkDirectory(root: string): Promise<ReadonlyMap<string, BigIntStats>> {
  const files = new Map<string, BigIntStats>();
  await walk({ root, directory: root, prefix: "", above: new Set(), files });
  return files;
}

interface Walk {
  readonly root: string;
  readonly directory: string;
  readonly prefix: string;
  /** Directories on the way here: a link to one of them would never end. */
  readonly above: ReadonlySet<string>;
  readonly files: Map<string, BigIntStats>;
}

async function walk({ root, directory, prefix, above, files }: Walk): Promise<void> {
  const here = new Set(above).add(directory);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (isReserved(entry.name)) continue;
    const found = await follow(root, directory, entry);
    if (found === undefined) continue;
    const path = prefix + entry.name;
    if (found.stats.isFile()) files.set(path, found.stats);
    else if (found.stats.isDirectory() && !here.has(found.real))
      await walk({ root, directory: found.real, prefix: `${path}/`, above: here, files });
  }
}

/** `undefined` for what lies outside, and where nothing is: a link to nothing or to itself, a deleted file. */
async function follow(
  root: string,
  directory: string,
  entry: Dirent,
): Promise<{ readonly real: string; readonly stats: BigIntStats } | undefined> {
  const path = join(directory, entry.name);
  try {
    const real = entry.isSymbolicLink() ? await realpath(path) : path;
    return isInside(root, real) ? { real, stats: await stat(real, { bigint: true }) } : undefined;
  } catch (error) {
    if (isMissing(error) || systemCode(error) === "ELOOP") return undefined;
    throw error;
  }
}
