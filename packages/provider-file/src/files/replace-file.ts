import { randomUUID } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What to put where. */
export interface Replacement {
  readonly target: string;
  readonly bytes: Uint8Array;
  /** The file that is replaced, whose mode and owner are kept; a new file is its owner's alone. */
  readonly previous: BigIntStats | undefined;
  /** Asked last; the file is not replaced if it rejects. */
  readonly confirm: () => Promise<void>;
}

/**
 * Puts a file in place as a whole: readers, and whoever comes after a crash, see the old content or the new.
 * Returns the stats of the new file.
 */
export async function replaceFile({ target, bytes, previous, confirm }: Replacement): Promise<BigIntStats> {
  // A directory store never lists names that begin with two dots.
  const temporary = join(dirname(target), `..sluice-${randomUUID()}.tmp`);
  try {
    const stats = await writeNew(temporary, bytes, previous);
    await confirm();
    await rename(temporary, target);
    return stats;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeNew(path: string, bytes: Uint8Array, previous?: BigIntStats): Promise<BigIntStats> {
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(bytes);
    if (previous) await continueFrom(handle, previous);
    await handle.sync();
    return await handle.stat({ bigint: true });
  } finally {
    await handle.close();
  }
}

async function continueFrom(handle: FileHandle, previous: BigIntStats): Promise<void> {
  const { mtimeNs, atime, uid, gid } = await handle.stat({ bigint: true });
  // Clocks of file systems tick in milliseconds: without this, two quick writes could share a version.
  if (mtimeNs <= previous.mtimeNs) await handle.utimes(atime, new Date(Number(previous.mtimeMs) + 2));
  // Only root may give files away.
  if (process.getuid?.() === 0 && (uid !== previous.uid || gid !== previous.gid))
    await handle.chown(Number(previous.uid), Number(previous.gid));
  await handle.chmod(Number(previous.mode) & 0o7777);
}
