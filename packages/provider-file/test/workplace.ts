import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder of its own for a subject of the conformance suite. */
export interface Workplace extends AsyncDisposable {
  /** Holds the store, and what is outside of it. */
  readonly folder: string;
  /** Puts a file in place as a whole, and newer than the last, however coarse the clock of the file system is. */
  readonly replace: (path: string, content: string | Uint8Array) => Promise<void>;
}

export async function createWorkplace(): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-conformance-"));
  let time = Date.now();
  return {
    folder,
    replace: async (path, content) => {
      const temporary = join(folder, "temporary");
      await writeFile(temporary, content, { mode: 0o600 });
      time = Math.max(time + 10, Date.now());
      await utimes(temporary, time / 1000, time / 1000);
      await mkdir(dirname(path), { recursive: true });
      await rename(temporary, path);
    },
    [Symbol.asyncDispose]: async () => rm(folder, { recursive: true, force: true }),
  };
}

/** Names for more secrets than fit on a page of a listing. */
export function manyLabels(): readonly string[] {
  return Array.from({ length: 1001 }, (_, index) => `many-${index}`);
}
