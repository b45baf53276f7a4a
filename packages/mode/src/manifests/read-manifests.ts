import { text } from "node:stream/consumers";
import { readTextFile } from "../stores/read-text-file.js";
import { type ManifestFile, type ManifestOptions, parseManifestFile } from "./manifest-file.js";

/** Reads files of manifests; `-` is standard input. */
export async function readManifests(
  directory: string,
  files: readonly string[],
  options: ManifestOptions = {},
): Promise<ManifestFile[]> {
  return Promise.all(
    files.map(async (file) => {
      if (file === "-") return parseManifestFile("standard input", await text(process.stdin), options);
      return parseManifestFile(file, await readTextFile(directory, file, file), options);
    }),
  );
}
