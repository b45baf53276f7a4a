import type { CheckFinding, Failure, ListedSecret, SecretRecord, SecretValue } from "@sluice/core";

/** What reading one path came to. */
export type Entry = SecretRecord | Failure;

/** Tells a failure from what was found. */
export function isFailure(entry: Entry): entry is Failure {
  return "status" in entry;
}

/**
 * Secrets on a disk, in one file or in many. What concerns all of a store (it is missing, denied, malformed) is
 * thrown, as a `Refusal` or an error of the file system.
 */
export interface FileStore {
  /** An entry for every path. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, Entry>>;
  /** Everything there is, sorted by path. */
  list(): Promise<readonly ListedSecret[]>;
  /** Where whoever writes to the store locks it; `creating` makes the store's directory, if its parent is there. */
  lockFile(creating: boolean): Promise<string>;
  /** Looks at one path in order to change it. Only while the lock is held. */
  edit(path: string): Promise<Edit>;
  /** Directories in which a change of these paths shows. */
  directories(paths: readonly string[]): Promise<ReadonlySet<string>>;
  check(): Promise<readonly CheckFinding[]>;
}

/** A path about to be changed. `confirm` is called last, and its rejection leaves everything as it was. */
export interface Edit {
  /** Present exactly if the path is. */
  readonly version?: string;
  /** Returns the version written. */
  write(value: SecretValue, confirm: () => Promise<void>): Promise<string>;
  /** Throws `not-found` if the path is absent. */
  remove(confirm: () => Promise<void>): Promise<void>;
}
