import { SluiceError } from "@sluice/core";
import { DotenvSyntaxError, parseDotenv } from "@sluice/core/dotenv";
import { readTextFile } from "@sluice/mode/stores";
import type { WrittenVariable } from "../environment/environment-layer.js";

/** The variables of env files, in order. Throws a configuration error that names the file, and the line of a fault. */
export async function readEnvFiles(directory: string, files: readonly string[]): Promise<WrittenVariable[]> {
  const contents = await Promise.all(files.map((file) => readEnvFile(directory, file)));
  return contents.flat();
}

async function readEnvFile(directory: string, file: string): Promise<WrittenVariable[]> {
  const text = await readTextFile(directory, file, `The env file ${file}`);
  try {
    return parseDotenv(text).map(({ name, value, line }) => ({
      name,
      text: value,
      origin: `${file}:${line}`,
    }));
  } catch (thrown) {
    if (!DotenvSyntaxError.isInstance(thrown)) throw thrown;
    throw new SluiceError({
      code: "SLU1102",
      kind: "configuration",
      problem: `${file}:${thrown.line}:${thrown.column}: ${thrown.reason}`,
      remedy: thrown.remedy,
    });
  }
}
