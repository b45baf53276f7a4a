import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { SecretValue } from "@sluice/core";
import type { RenderedFile } from "../render/rendered-file.js";
import { codeOf, onPath } from "./publish-error.js";
import type { RootState } from "./root-state.js";

/** Paths that are not as they should be: to be added, changed, or removed. Names that lead nowhere count as well. */
export async function changedPaths(
  { root, path, current, links }: RootState,
  files: readonly RenderedFile[],
  names: readonly string[],
): Promise<readonly string[]> {
  const folder = current === undefined ? undefined : join(path, current);
  const there = new Set(folder === undefined ? [] : await onPath(root, async () => pathsIn(folder)));
  const changed: string[] = [];
  for (const file of files) {
    const below = file.path.slice(root.length + 1);
    const isThere = there.delete(below);
    if (!isThere || folder === undefined || !(await isAsWanted(join(folder, below), file)))
      changed.push(file.path);
  }
  changed.push(...Array.from(there, (below) => `${root}/${below}`));
  if (changed.length > 0) return changed;
  // A writer was killed between the links: what they lead to is as it should be, and they are not.
  const missing = names.filter((name) => !links.has(name));
  const dangling = Array.from(links).filter((name) => !names.includes(name));
  return [...missing, ...dangling].map((name) => `${root}/${name}`);
}

async function pathsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
}

async function isAsWanted(path: string, { content, mode, owner }: RenderedFile): Promise<boolean> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const info = await file.stat();
    const isSame =
      info.isFile() &&
      (info.mode & 0o7777) === mode &&
      (owner?.uid ?? info.uid) === info.uid &&
      (owner?.gid ?? info.gid) === info.gid &&
      info.size === content.byteLength;
    return isSame && SecretValue.fromBytes(await file.readFile()).equals(content);
  } catch (thrown) {
    // What cannot be looked at is written anew, and whether that can be done is told then.
    if (codeOf(thrown) !== undefined) return false;
    throw thrown;
  }
}
