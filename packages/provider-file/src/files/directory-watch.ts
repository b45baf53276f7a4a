import { type FSWatcher, watch } from "node:fs";

/** In milliseconds. */
export interface WatchTiming {
  /** Quiet after a change before it is reported: a file is written in several steps. */
  readonly quietMs: number;
  /** Wakes without any change: network file systems and some mounts in containers report none. */
  readonly pollMs: number;
}

/** Changes are reported after this many times the quiet, however many follow. */
const LONGEST_UNREST = 10;

/** What a provider watches with. */
export const WATCH_TIMING: WatchTiming = { quietMs: 50, pollMs: 5000 };

/**
 * Wakes after something changed in one of several directories, and every so often without. Directories are
 * watched rather than files because a file that is replaced takes its watcher with it.
 */
export class DirectoryWatch implements Disposable {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #quietMs: number;
  readonly #poll: NodeJS.Timeout;
  #quiet: NodeJS.Timeout | undefined;
  #changedAt = 0;
  #wake = Promise.withResolvers<void>();
  #closed = false;

  constructor({ quietMs, pollMs }: WatchTiming) {
    this.#quietMs = quietMs;
    this.#poll = setInterval(() => this.#wake.resolve(), pollMs);
  }

  /** Watches exactly these from now on; those that cannot be watched are left to the poll. */
  follow(directories: ReadonlySet<string>): void {
    for (const directory of this.#watchers.keys()) if (!directories.has(directory)) this.#forget(directory);
    for (const directory of directories) if (!this.#watchers.has(directory)) this.#add(directory);
  }

  /** Settles at the next change or poll, at once if there was one since the last call, or when disposed of. */
  async changed(): Promise<void> {
    await this.#wake.promise;
    if (!this.#closed) this.#wake = Promise.withResolvers();
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearInterval(this.#poll);
    clearTimeout(this.#quiet);
    for (const directory of this.#watchers.keys()) this.#forget(directory);
    this.#wake.resolve();
  }

  #add(directory: string): void {
    if (this.#closed) return;
    try {
      const watcher = watch(directory, () => this.#touch());
      watcher.on("error", () => this.#forget(directory));
      this.#watchers.set(directory, watcher);
    } catch {
      // Missing, denied, or no watchers left: the poll sees what happens there, and reading tells why it fails.
    }
  }

  #forget(directory: string): void {
    this.#watchers.get(directory)?.close();
    this.#watchers.delete(directory);
  }

  #touch(): void {
    if (this.#closed) return;
    if (this.#quiet === undefined) this.#changedAt = Date.now();
    // Where something is written all the time there is never any quiet.
    else if (Date.now() - this.#changedAt > LONGEST_UNREST * this.#quietMs) return;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.#quiet = undefined;
      this.#wake.resolve();
    }, this.#quietMs);
  }
}
