import { lstat, mkdir, readdir, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, onPath, PublishError } from "./publish-error.js";

/** The link that readers go through; what it points at is exchanged. */
export const DATA_LINK = "..data";

/** A link that is about to become {@link DATA_LINK}. */
export const NEXT_LINK = "..data_tmp";

/** Folders of sets, as the kubelet names its own: `..2026_11_21_15_05_31.XXXXXX`. */
const SET_FOLDER = /^\.\.\d{4}_\d\d_\d\d_\d\d_\d\d_\d\d\..+$/;

/** What a root holds. */
export interface RootState {
  /** As the plan names it. */
  readonly root: string;
  /** Without links on the way. */
  readonly path: string;
  /** Name of the folder that readers see. */
  readonly current: string | undefined;
  /** Names in the root that lead into the set. */
  readonly links: ReadonlySet<string>;
  /** What killed writers left, and sets that nobody sees any more. */
  readonly leftovers: readonly string[];
  /** Names that are not the writer's. */
  readonly foreign: ReadonlySet<string>;
}

/**
 * Looks at a root, and makes it where it is missing.
 *
 * @throws PublishError when it is no folder, or what stands for the writer's own is not its own.
 */
export async function readRoot(root: string): Promise<RootState> {
  return await onPath(root, async () => {
    await mkdir(root, { recursive: true, mode: 0o755 });
    const path = await realpath(root);
    if (!(await lstat(path)).isDirectory())
      throw new PublishError(root, "it is not a folder", "Name a folder of the writer's own");
    const names = await readdir(path);
    const current = await currentSet(root, path);
    const links = new Set<string>();
    const foreign = new Set<string>();
    for (const name of names.filter((each) => !each.startsWith("..")))
      ((await linkAt(join(path, name))) === `${DATA_LINK}/${name}` ? links : foreign).add(name);
    const leftovers = names.filter(
      (name) => name === NEXT_LINK || (SET_FOLDER.test(name) && name !== current),
    );
    return { root, path, current, links, foreign, leftovers };
  });
}

/** A link that leads anywhere but to a set beside it was not made by a writer, and is not followed. */
async function currentSet(root: string, path: string): Promise<string | undefined> {
  const target = await linkAt(join(path, DATA_LINK));
  if (target === undefined) return undefined;
  const isSet = target !== "" && SET_FOLDER.test(target) && !target.includes("/");
  if (isSet && (await isFolder(join(path, target)))) return target;
  throw new PublishError(
    `${root}/${DATA_LINK}`,
    "it is not a link of the writer's own",
    "Remove it, or write into a folder that nobody else writes",
  );
}

/** Where a link leads; "" for what is there and is none. */
async function linkAt(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    if (codeOf(thrown) === "EINVAL") return "";
    throw thrown;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return false;
    throw thrown;
  }
}
