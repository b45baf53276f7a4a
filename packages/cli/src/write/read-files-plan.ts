import { text } from "node:stream/consumers";
import { readCheckedYaml } from "@sluice/config";
import { SluiceError } from "@sluice/core";
import {
  checkedFilesPlan,
  FILES_PLAN_SCHEMA,
  FILES_VARIABLE,
  FILES_VERSION,
  type FilesPlan,
  parseFilesPlan,
} from "@sluice/core/plan";
import type { CliContext } from "../cli-context.js";
import { readTextFile } from "../config/read-text-file.js";

/** In a file of one's own the version is understood. */
const WRITTEN_SCHEMA = { ...FILES_PLAN_SCHEMA, required: ["roots", "files"] };

/**
 * The plan of a file, of standard input, or of the variable that the webhook writes.
 *
 * @throws ConfigError with line and column, PlanError, or a usage error where there is none.
 */
export async function readFilesPlan(
  { directory, environment }: Pick<CliContext, "directory" | "environment">,
  file: string | undefined,
): Promise<FilesPlan> {
  if (file !== undefined) {
    const shown = file === "-" ? "standard input" : file;
    const written =
      file === "-" ? await text(process.stdin) : await readTextFile(directory, file, `The plan ${file}`);
    const value = (await readCheckedYaml(shown, written, WRITTEN_SCHEMA)) as object;
    return checkedFilesPlan({ version: FILES_VERSION, minReader: 1, critical: [], ...value });
  }
  const { [FILES_VARIABLE]: planned } = environment;
  if (planned !== undefined && planned !== "") return parseFilesPlan(planned);
  throw new SluiceError({
    code: "SLU1201",
    kind: "usage",
    problem: `There is no plan for files: no --file, and no ${FILES_VARIABLE} in the environment`,
    remedy: "Name a plan with --file; docs/files.md shows one",
  });
}
