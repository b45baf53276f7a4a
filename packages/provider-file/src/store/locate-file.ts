import type { BigIntStats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, systemCode } from "../failure/failure-of.js";
import { notAFile, outsideStore } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { isInside, isReserved, pathParts } from "./directory-path.js";

/** Where a path of a directory store leads. */
export interface FileLocation {
  /** The file, links followed, or where it would be. */
  readonly target: string;
  /** Present exactly if the file is. */
  readonly stats?: BigIntStats;
  /** Where there is no file: the paths that are there, for a hint. */
  readonly siblings: readonly string[];
}

/**
 * Follows a path from `root`, which is absolute and without links.
 *
 * @throws {Refusal} for a path that is not one, leads out of the root, or is not that of a regular file; errors
 * of the file system but those of a missing file are thrown as they are.
 */
export async function locateFile(root: string, path: string): Promise<FileLocation> {
  const parts = pathParts(path);
  const { real, depth } = await deepestPresent(root, parts);
  const named = join(root, ...parts);
  if (!isInside(root, real)) throw new Refusal(outsideStore(named, root));
  if (depth < parts.length)
    return {
      target: join(real, ...parts.slice(depth)),
      siblings: (await namesIn(real)).map((name) => [...parts.slice(0, depth), name].join("/")),
    };
  const stats = await stat(real, { bigint: true });
  if (!stats.isFile()) throw new Refusal(notAFile(named));
  return { target: real, stats, siblings: [] };
}

async function deepestPresent(
  root: string,
  parts: readonly string[],
): Promise<{ readonly real: string; readonly depth: number }> {
  for (let depth = parts.length; depth > 0; depth--) {
    try {
      return { real: await realpath(join(root, ...parts.slice(0, depth))), depth };
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return { real: root, depth: 0 };
}

/** Only for a hint: that the path is missing is certain, whether its neighbours can be listed or not. */
async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => !isReserved(name));
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return [];
  }
}
