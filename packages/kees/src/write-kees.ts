import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { ResolutionError } from "@sluice/core";
import { refuseRoots } from "@sluice/core/plan";
import type { KeesAnnotations } from "@sluice/dialects";
import { publishFiles } from "@sluice/files";
import { type KeesFiles, keesFiles, type StoredAs } from "./kees-files.js";
import type { KeesPaths } from "./kees-paths.js";
import type { KeesReading } from "./kees-reading.js";
import { readKeesValues } from "./kees-values.js";

/** What the init container is to do. */
export interface WriteKeesOptions extends KeesReading {
  readonly annotations: KeesAnnotations;
  readonly paths: KeesPaths;
  /** Folders that may be written, and what is below them; any by default. */
  readonly allowed?: readonly string[];
  /** How the store holds values; `base64` by default. */
  readonly storedAs?: StoredAs;
  /** Tries once more after so many milliseconds, whatever could not be read; fails at once by default. */
  readonly retryDelayMs?: number;
  /** Told of what is tried again; never a value. */
  readonly onRetry?: (error: ResolutionError) => void;
}

/** What was written. */
export interface WrittenKees {
  readonly values: number;
  readonly paths: readonly string[];
  /** Secrets that were given nothing, as kees gives in local mode what has no size. */
  readonly empty: readonly string[];
}

/**
 * Writes what the annotations of a pod ask for, all of it or nothing.
 *
 * @throws ResolutionError that lists everything that cannot be had
 * @throws PublishError, PlanError when the files cannot be written
 */
export async function writeKees(options: WriteKeesOptions): Promise<WrittenKees> {
  const { retryDelayMs, onRetry, signal } = options;
  let made: MadeFiles;
  try {
    made = await make(options);
  } catch (thrown) {
    if (retryDelayMs === undefined || !ResolutionError.isInstance(thrown)) throw thrown;
    onRetry?.(thrown);
    await pause(retryDelayMs, undefined, signal === undefined ? {} : { signal });
    made = await make(options);
  }
  const { values, empty } = made;
  const { files, roots } = withoutUnmounted(made);
  if (options.allowed !== undefined) refuseRoots({ roots }, options.allowed);
  await publishFiles({ files, roots }, signal === undefined ? {} : { signal });
  return { values, empty, paths: files.map(({ path }) => path) };
}

/** A folder that is not mounted is not made for files that nothing is in. */
function withoutUnmounted({ files, roots }: KeesFiles): Pick<KeesFiles, "files" | "roots"> {
  const isOf = (root: string) => files.filter(({ path }) => path.startsWith(`${root}/`));
  const kept = roots.filter(
    (root) => existsSync(root) || isOf(root).some(({ content }) => content.byteLength > 0),
  );
  return { files: kept.flatMap(isOf), roots: kept };
}

type MadeFiles = KeesFiles & Pick<WrittenKees, "values" | "empty">;

async function make(options: WriteKeesOptions): Promise<MadeFiles> {
  const { annotations, paths, storedAs = "base64" } = options;
  const read = await readKeesValues(annotations, options);
  const made = keesFiles(read.values, paths, storedAs);
  const failures = [...read.failures, ...made.failures];
  if (failures.length > 0) throw new ResolutionError(failures);
  const empty = read.values.filter(({ stored }) => stored.byteLength === 0);
  return { ...made, values: read.values.length, empty: empty.map(({ parameter }) => parameter.name) };
}
