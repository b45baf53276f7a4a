import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { SluiceError } from "@sluice/core";
import { DotenvSyntaxError, parseDotenv } from "@sluice/core/dotenv";
import type { WrittenVariable } from "@sluice/runner";

/** The variables of env files, in order. Throws a configuration error that names the file, and the line of a fault. */
export async function readEnvFiles(directory: string, files: readonly string[]): Promise<WrittenVariable[]> {
  const contents = await Promise.all(files.map((file) => readEnvFile(directory, file)));
  return contents.flat();
}

async function readEnvFile(directory: string, file: string): Promise<WrittenVariable[]> {
  try {
    const text = await readFile(resolve(directory, file), "utf8");
    return parseDotenv(text).map(({ name, value, line }) => ({
      name,
      text: value,
      origin: `${file}:${line}`,
    }));
  } catch (thrown) {
    if (DotenvSyntaxError.isInstance(thrown))
      throw new SluiceError({
        code: "SLU1102",
        kind: "configuration",
        problem: `${file}:${thrown.line}:${thrown.column}: ${thrown.reason}`,
        remedy: thrown.remedy,
      });
    const { code } = thrown as NodeJS.ErrnoException;
    throw new SluiceError({
      code: "SLU1101",
      kind: "configuration",
      problem: `The env file ${file} cannot be read (${code})`,
      remedy: "Check the path given with --env-file, and the file's permissions",
    });
  }
}
