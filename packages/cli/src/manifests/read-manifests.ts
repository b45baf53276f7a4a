import { readTextFile } from "../config/read-text-file.js";
import { type ManifestFile, parseManifestFile } from "./manifest-file.js";

/** Reads files of manifests; `-` is standard input. */
export async function readManifests(directory: string, files: readonly string[]): Promise<ManifestFile[]> {
  return Promise.all(
    files.map(async (file) => {
      const path = file === "-" ? "/dev/stdin" : file;
      const shown = file === "-" ? "standard input" : file;
      return parseManifestFile(shown, await readTextFile(directory, path, shown));
    }),
  );
}
