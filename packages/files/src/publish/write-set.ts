import { constants } from "node:fs";
import { chmod, type FileHandle, mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { RenderedFile } from "../render/rendered-file.js";
import { codeOf, onPath } from "./publish-error.js";
import type { RootState } from "./root-state.js";

// Readers of another user must get through; files say for themselves who may read them.
const FOLDER_MODE = 0o755;

/**
 * Writes a set into a folder of its own, where no reader looks yet, on to the disk.
 *
 * @returns the folder's name in the root.
 * @throws PublishError, and leaves nothing.
 */
export async function writeSet(state: RootState, files: readonly RenderedFile[]): Promise<string> {
  const { root, path } = state;
  const folder = await onPath(root, async () => mkdtemp(join(path, setName(new Date()))));
  const set = basename(folder);
  try {
    const folders = new Set([folder]);
    for (const file of files) {
      const target = join(folder, file.path.slice(root.length + 1));
      await onPath(file.path, async () => {
        for (const each of missingFolders(dirname(target), folders)) {
          await mkdir(each);
          folders.add(each);
        }
        await writeFile(target, file);
      });
    }
    for (const each of folders)
      await onPath(root, async () => {
        // The process's umask may have taken away what readers need.
        await chmod(each, FOLDER_MODE);
        await syncFolder(each);
      });
  } catch (thrown) {
    await removeSet(state, set);
    throw thrown;
  }
  return set;
}

/** Removes what nobody sees. */
export async function removeLeftovers(state: RootState, names: readonly string[]): Promise<void> {
  for (const name of names) await removeSet(state, name);
}

/** Removes one set, or what is left of it. Links in it are removed, not followed. */
export async function removeSet({ root, path }: RootState, name: string): Promise<void> {
  await onPath(root, async () => rm(join(path, name), { recursive: true, force: true }));
}

/** Makes a folder's entries durable. */
export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  await sync(folder);
}

async function writeFile(path: string, { content, mode, owner }: RenderedFile): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  await using file = await open(path, flags, 0o600);
  await file.writeFile(content.bytes());
  const { uid, gid } = await file.stat();
  const wanted = { uid: owner?.uid ?? uid, gid: owner?.gid ?? gid };
  if (wanted.uid !== uid || wanted.gid !== gid) await file.chown(wanted.uid, wanted.gid);
  // After the owner, which takes bits away; and whatever the umask is.
  await file.chmod(mode);
  await sync(file);
}

/** Some file systems know no such thing; then there is nothing to be done. */
async function sync(file: FileHandle): Promise<void> {
  try {
    await file.sync();
  } catch (thrown) {
    if (codeOf(thrown) !== "EINVAL" && codeOf(thrown) !== "ENOTSUP") throw thrown;
  }
}

/** Folders on the way that are not made yet, the outermost first. */
function missingFolders(folder: string, made: ReadonlySet<string>): string[] {
  return made.has(folder) ? [] : [...missingFolders(dirname(folder), made), folder];
}

/** What the name of a set begins with: the time in UTC, as the kubelet writes it. */
function setName(time: Date): string {
  return `..${time.toISOString().slice(0, 19).replaceAll(/[-T:]/g, "_")}.`;
}
