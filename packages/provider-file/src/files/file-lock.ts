import { randomUUID } from "node:crypto";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProviderContext } from "@sluice/core";
import { failureOf, isMissing, systemCode } from "../failure/failure-of.js";
import { locked } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";

/** Age at which a lock was left by a process that died, in milliseconds; a write takes a few. */
const STALE_MS = 10_000;

/** Longest wait for a lock, in milliseconds, whatever the deadline. */
const LONGEST_WAIT_MS = 30_000;

/** Held until disposed of. */
export interface FileLock extends AsyncDisposable {
  /** Rejects when the lock was taken from us: we were stopped for so long that it was held to be stale. */
  assertHeld(): Promise<void>;
}

/**
 * Locks by creating a file, which works between processes and on network file systems. Waits its turn until
 * the deadline, and rejects with the signal's reason when that aborts.
 *
 * @throws {Refusal} when its turn did not come, or the lock cannot be made.
 */
export async function acquireLock(
  path: string,
  { signal, deadline }: Pick<ProviderContext, "signal" | "deadline">,
): Promise<FileLock> {
  signal.throwIfAborted();
  const token = `${process.pid} ${randomUUID()}\n`;
  const until = Math.min(deadline, Date.now() + LONGEST_WAIT_MS);
  try {
    while (!(await create(path, token))) {
      if (Date.now() >= until) throw new Refusal(locked(path));
      if (!(await removeStale(path))) await pause(signal);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new Refusal(failureOf(error, dirname(path)));
  }
  return heldLock(path, token);
}

function heldLock(path: string, token: string): FileLock {
  const isHeld = async (): Promise<boolean> => (await contentOf(path)) === token;
  return {
    assertHeld: async () => {
      if (!(await isHeld())) throw new Refusal(locked(path));
    },
    [Symbol.asyncDispose]: async () => {
      if (await isHeld()) await rm(path, { force: true });
    },
  };
}

/** False if the file exists. */
async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** True if the lock is gone. Two that remove it at once are told apart by {@link FileLock.assertHeld}. */
async function removeStale(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs < STALE_MS) return false;
    await rm(path, { force: true });
    return true;
  } catch (error) {
    if (isMissing(error)) return true;
    throw error;
  }
}

/** Of random length, so that those who wait do not all try at once. */
async function pause(signal: AbortSignal): Promise<void> {
  await sleep(2 + Math.random() * 15, undefined, { signal });
}
