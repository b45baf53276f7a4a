import { type BigIntStats, constants } from "node:fs";
import { open, stat } from "node:fs/promises";
import { notAFile, tooLarge } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";

/** A file as it was at one moment. */
export interface FileContent {
  readonly bytes: Buffer;
  /** Taken before the bytes: a change meanwhile makes the next look differ, never this one too new. */
  readonly stats: BigIntStats;
}

/**
 * Reads a regular file of at most `maxBytes`. Never blocks on a pipe or a device: it looks before it opens,
 * and opens without waiting in case the file was exchanged in between.
 *
 * @throws {Refusal} when it is not a regular file, or too large; errors of the file system are thrown as they are.
 */
export async function readRegularFile(path: string, maxBytes: number): Promise<FileContent> {
  requireReadable(await stat(path, { bigint: true }), path, maxBytes);
  // Windows has no O_NONBLOCK: there it is undefined, which counts as 0.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat({ bigint: true });
    requireReadable(stats, path, maxBytes);
    const bytes = await handle.readFile();
    if (bytes.byteLength > maxBytes) throw new Refusal(tooLarge(path, maxBytes));
    return { bytes, stats };
  } finally {
    await handle.close();
  }
}

function requireReadable(stats: BigIntStats, path: string, maxBytes: number): void {
  if (!stats.isFile()) throw new Refusal(notAFile(path));
  if (stats.size > maxBytes) throw new Refusal(tooLarge(path, maxBytes));
}
