import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { SecretValue } from "../value/secret-value.js";
import { thrownName } from "./thrown-name.js";

/** Writes a file that nobody else may read, whole or not at all; its folder too, where only that is missing. */
export async function writePrivateFile(path: string, content: SecretValue): Promise<void> {
  await makeFolder(dirname(path));
  const next = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await using file = await open(next, "wx", 0o600);
    await file.writeFile(content.bytes());
    await rename(next, path);
  } catch (thrown) {
    await rm(next, { force: true });
    throw thrown;
  }
}

/**
 * Reads a file that we have written, up to so many bytes. Nothing where there is none, and where it is not a plain file
 * of our own user that nobody else may read or write: what somebody else has put there is not ours to go on with.
 */
export async function readPrivateFile(path: string, mostBytes: number): Promise<SecretValue | undefined> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const info = await file.stat();
    const isOurs = info.isFile() && info.uid === process.getuid?.() && (info.mode & 0o077) === 0;
    return isOurs && info.size <= mostBytes ? SecretValue.fromBytes(await file.readFile()) : undefined;
  } catch (thrown) {
    if (["ENOENT", "ELOOP", "ENXIO"].includes(thrownName(thrown))) return undefined;
    throw thrown;
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (thrown) {
    if (thrownName(thrown) !== "EEXIST") throw thrown;
  }
}
