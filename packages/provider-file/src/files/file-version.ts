import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";

/**
 * Version of a file's content: from its inode, its time of modification and its size, never from the content,
 * which a hash would let one guess. Hashed all the same, since the size may be that of a secret.
 */
export function fileVersion({ ino, mtimeNs, size }: BigIntStats): string {
  return createHash("sha256").update(`${ino} ${mtimeNs} ${size}`).digest("base64url").slice(0, 22);
}

/** Version and time of modification as records and lists carry them. */
export function fileStamp(stats: BigIntStats): { readonly version: string; readonly updatedAt: number } {
  return { version: fileVersion(stats), updatedAt: Number(stats.mtimeMs) };
}
