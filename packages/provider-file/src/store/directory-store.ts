import { mkdir, realpath, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CheckFinding, type ListedSecret, SecretValue } from "@sluice/core";
import { failureOf, isMissing, systemCode } from "../failure/failure-of.js";
import { notADirectory, notFound, tooLarge } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { fileStamp, fileVersion } from "../files/file-version.js";
import { readRegularFile } from "../files/read-regular-file.js";
import { replaceFile } from "../files/replace-file.js";
import { resolvedPath } from "../files/resolved-path.js";
import { failedFinding, okFinding, permissionFindings } from "./check-findings.js";
import { pathParts } from "./directory-path.js";
import type { Edit, Entry, FileStore } from "./file-store.js";
import { locateFile } from "./locate-file.js";
import { inOneGeneration } from "./volume-generation.js";
import { walkDirectory } from "./walk-directory.js";

/** Files read at once: every one takes a descriptor. */
const READS_AT_ONCE = 16;

/** A file for every secret. Reads anew each time: there is nothing to parse. */
export class DirectoryStore implements FileStore {
  readonly #path: string;
  readonly #maxBytes: number;

  /** @param path absolute */
  constructor(path: string, maxBytes: number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
  }

  async read(paths: readonly string[]): Promise<ReadonlyMap<string, Entry>> {
    return inOneGeneration(this.#path, async () => {
      const root = await this.#root();
      const entries: [string, Entry][] = [];
      for (let at = 0; at < paths.length; at += READS_AT_ONCE) {
        const group = paths.slice(at, at + READS_AT_ONCE);
        entries.push(
          ...(await Promise.all(
            group.map(async (path): Promise<[string, Entry]> => [path, await this.#entry(root, path)]),
          )),
        );
      }
      return new Map(entries);
    });
  }

  async list(): Promise<readonly ListedSecret[]> {
    const files = await inOneGeneration(this.#path, async () => walkDirectory(await this.#root()));
    const items = Array.from(files, ([path, stats]) => ({ path, ...fileStamp(stats) }));
    return items.sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  async lockFile(creating: boolean): Promise<string> {
    if (creating) await this.#create();
    return join(await this.#root(), "..sluice.lock");
  }

  async edit(path: string): Promise<Edit> {
    const root = await this.#root();
    const { target, stats, siblings } = await locateFile(root, path);
    return {
      ...(stats && { version: fileVersion(stats) }),
      write: async (value, confirm) => {
        if (value.byteLength > this.#maxBytes) throw new Refusal(tooLarge(target, this.#maxBytes));
        await mkdir(dirname(target), { recursive: true, mode: 0o700 });
        return fileVersion(await replaceFile({ target, bytes: value.bytes(), previous: stats, confirm }));
      },
      remove: async (confirm) => {
        if (!stats) throw new Refusal(notFound(path, this.#path, siblings));
        await confirm();
        // The name goes; where it is a link, what it leads to may have other names.
        await rm(join(root, ...pathParts(path)));
      },
    };
  }

  async directories(paths: readonly string[]): Promise<ReadonlySet<string>> {
    const directories = new Set([dirname(this.#path), this.#path]);
    for (const path of paths) for (const directory of await this.#homes(path)) directories.add(directory);
    return directories;
  }

  async check(): Promise<readonly CheckFinding[]> {
    try {
      const root = await this.#root();
      const files = await walkDirectory(root);
      const named = Array.from(files, ([path, stats]) => [join(this.#path, path), stats] as const);
      // What is below a closed directory is closed.
      const top = await stat(root, { bigint: true });
      const exposed = (top.mode & 0o077n) === 0n ? [] : named;
      return [
        okFinding("reachable", `${this.#path} can be read; files in it: ${files.size}`),
        ...permissionFindings(new Map(exposed), `chmod 700 ${this.#path}, or chmod 600 its files`),
      ];
    } catch (error) {
      return [failedFinding("reachable", failureOf(error, this.#path))];
    }
  }

  async #entry(root: string, path: string): Promise<Entry> {
    try {
      const { target, stats, siblings } = await locateFile(root, path);
      if (!stats) return notFound(path, this.#path, siblings);
      const content = await readRegularFile(target, this.#maxBytes);
      const value = SecretValue.fromBytes(content.bytes);
      content.bytes.fill(0);
      return { value, ...fileStamp(content.stats) };
    } catch (error) {
      // It was there a moment ago.
      if (isMissing(error)) return notFound(path, this.#path, []);
      return failureOf(error, join(this.#path, path));
    }
  }

  /** The directories of a path and of the file it leads to; none where that cannot be told: reading says why. */
  async #homes(path: string): Promise<readonly string[]> {
    const named = join(this.#path, path);
    try {
      pathParts(path);
      return [dirname(named), dirname(await resolvedPath(named))];
    } catch (error) {
      failureOf(error, named);
      return [];
    }
  }

  /** The directory, links followed. Throws a {@link Refusal} if it is something else. */
  async #root(): Promise<string> {
    const root = await realpath(this.#path);
    if (!(await stat(root)).isDirectory()) throw new Refusal(notADirectory(this.#path));
    return root;
  }

  async #create(): Promise<void> {
    try {
      await mkdir(this.#path, { mode: 0o700 });
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw error;
    }
  }
}
