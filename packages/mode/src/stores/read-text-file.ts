import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { SluiceError } from "@sluice/core";

/**
 * A file's text. Throws a configuration error when it cannot be read, and when it is not UTF-8: to go on would
 * change its bytes without a word.
 *
 * @param what the file as messages call it: `The env file .env`
 */
export async function readTextFile(directory: string, file: string, what: string): Promise<string> {
  const bytes = await readFile(resolve(directory, file)).catch((thrown: NodeJS.ErrnoException) => {
    throw new SluiceError({
      code: "SLU1101",
      kind: "configuration",
      problem: `${what} cannot be read (${thrown.code})`,
      remedy: "Check the path, and the file's permissions",
    });
  });
  if (!isUtf8(bytes))
    throw new SluiceError({
      code: "SLU1102",
      kind: "configuration",
      problem: `${what} is not UTF-8 text`,
      remedy: "Save it as UTF-8",
    });
  return bytes.toString("utf8");
}
