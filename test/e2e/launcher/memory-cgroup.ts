import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A memory cgroup with a limit. */
export interface MemoryCgroup {
  /** A command line that runs `line` in it. */
  within(line: readonly string[]): string[];
  /** Most bytes that were charged to it. */
  peak(): number;
  remove(): void;
}

/** Files of the limit and the peak, by version of cgroups. */
const VERSIONS = [
  { root: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes", peak: "memory.max_usage_in_bytes" },
  { root: "/sys/fs/cgroup", limit: "memory.max", peak: "memory.peak" },
];

/** Makes a cgroup with a limit in bytes; undefined where this user may not, or the kernel has none. */
export function memoryCgroup(bytes: number): MemoryCgroup | undefined {
  for (const version of VERSIONS) {
    const folder = join(version.root, `sluice-test-${process.pid}-${bytes}`);
    try {
      mkdirSync(folder);
    } catch {
      // Read-only, or not there: the other version may be.
      continue;
    }
    try {
      writeFileSync(join(folder, version.limit), String(bytes));
    } catch {
      // A folder of cgroups without this controller.
      rmdirSync(folder);
      continue;
    }
    return {
      within: (line) => ["sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', folder, ...line],
      peak: () => Number(readFileSync(join(folder, version.peak), "utf8")),
      remove: () => rmdirSync(folder),
    };
  }
  return undefined;
}
