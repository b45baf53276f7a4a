import { type SecretRecord, SecretValue, type WatchEvent } from "@sluice/core";
import { failureOf } from "../failure/failure-of.js";
import { DirectoryWatch, type WatchTiming } from "../files/directory-watch.js";
import { type Entry, isFailure } from "../store/file-store.js";
import type { StoreAccess } from "../store/open-store.js";
import { readEntries } from "./read-entries.js";

/**
 * Begins with `resync`, and then tells which paths have another value. A path is gone only on the store's own
 * word: while the store or the path cannot be read nothing is told, and afterwards it is compared with what
 * was read last. Ends when the signal aborts.
 */
export async function* watchStore(
  access: StoreAccess,
  paths: readonly string[],
  signal: AbortSignal,
  timing: WatchTiming,
): AsyncGenerator<WatchEvent, void, undefined> {
  if (signal.aborted) return;
  using watch = new DirectoryWatch(timing);
  const end = (): void => watch[Symbol.dispose]();
  signal.addEventListener("abort", end, { once: true });
  try {
    const seen = new Map<string, SecretRecord>();
    // Watched before it is read, so that nothing falls in between.
    await follow(watch, access, paths);
    compareAll(seen, await readEntries(access, paths));
    let events: WatchEvent[] = [{ kind: "resync" }];
    while (!signal.aborted) {
      for (const event of events) {
        yield event;
        if (signal.aborted) return;
      }
      await watch.changed();
      await follow(watch, access, paths);
      events = compareAll(seen, await readEntries(access, paths));
    }
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** Links may lead elsewhere since, and directories may be there now. */
async function follow(watch: DirectoryWatch, access: StoreAccess, paths: readonly string[]): Promise<void> {
  try {
    const store = await access.store();
    watch.follow(await store.directories(paths));
  } catch (error) {
    // A failure of the file system is left to the poll; anything else is thrown on.
    failureOf(error, access.path);
  }
}

/** The events that lead from what was seen to the entries, which are seen from now on. */
function compareAll(seen: Map<string, SecretRecord>, entries: ReadonlyMap<string, Entry>): WatchEvent[] {
  return Array.from(entries).flatMap(([path, entry]) => compare(seen, path, entry));
}

function compare(seen: Map<string, SecretRecord>, path: string, entry: Entry): WatchEvent[] {
  if (isFailure(entry))
    return entry.status === "not-found" && seen.delete(path) ? [{ kind: "deleted", path }] : [];
  const before = seen.get(path);
  seen.set(path, entry);
  if (before && sameValue(before.value, entry.value)) return [];
  const { version } = entry;
  return [{ kind: "changed", path, ...(version !== undefined && { version }) }];
}

function sameValue(one: SecretRecord["value"], other: SecretRecord["value"]): boolean {
  if (SecretValue.isInstance(one)) return SecretValue.isInstance(other) && one.equals(other);
  if (SecretValue.isInstance(other) || one.size !== other.size) return false;
  return Array.from(one).every(([name, value]) => other.get(name)?.equals(value));
}
