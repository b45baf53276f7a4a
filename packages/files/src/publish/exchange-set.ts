import { rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { onPath } from "./publish-error.js";
import { DATA_LINK, NEXT_LINK, type RootState } from "./root-state.js";
import { removeSet, syncFolder } from "./write-set.js";

/**
 * Lets readers see a set, in an order in which they never see half of one. Names that are new lead nowhere until the rename,
 * as those that were not in the old set; names that are gone lead nowhere from the rename on.
 */
export async function exchangeSet(state: RootState, set: string, names: readonly string[]): Promise<void> {
  const { root, path, current, links } = state;
  await onPath(root, async () => {
    for (const name of names.filter((each) => !links.has(each)))
      await symlink(`${DATA_LINK}/${name}`, join(path, name));
    const next = join(path, NEXT_LINK);
    await rm(next, { force: true });
    await symlink(set, next);
    await syncFolder(path);
    await rename(next, join(path, DATA_LINK));
    await syncFolder(path);
    for (const name of links) if (!names.includes(name)) await rm(join(path, name), { force: true });
  });
  if (current !== undefined) await removeSet(state, current);
}
