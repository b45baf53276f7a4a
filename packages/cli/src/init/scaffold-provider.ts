import { cp, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { SluiceError } from "@sluice/core";

const TEMPLATE = fileURLToPath(new URL("../../templates/provider/", import.meta.url));

/** Copies the template of a provider into a folder that is new or empty; returns the names of the files. */
export async function scaffoldProvider(directory: string): Promise<string[]> {
  if ((await entriesOf(directory)).length > 0)
    throw new SluiceError({
      code: "SLU1104",
      kind: "configuration",
      problem: `${directory} is not empty`,
      remedy: "Name another folder: sluice init provider FOLDER",
    });
  await cp(TEMPLATE, directory, { recursive: true });
  return (await readdir(TEMPLATE)).toSorted();
}

async function entriesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    // A file stands there: no less in the way than a folder with something in it.
    if (code === "ENOTDIR") return [directory];
    throw thrown;
  }
}
