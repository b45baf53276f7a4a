import { readCheckedYaml } from "@sluice/config";
import { SluiceError } from "@sluice/core";
import {
  checkedFilesPlan,
  FILES_PLAN_SCHEMA,
  FILES_VARIABLE,
  type FilesPlan,
  parseFilesPlan,
  refuseRoots,
} from "@sluice/core/plan";
import type { ModeContext } from "@sluice/mode";
import { readTextFile } from "@sluice/mode/stores";

/** What a sidecar can do that not every writer can. */
const FEATURES = ["notify"];

/** Members that whoever writes a plan by hand may leave out. */
const OWN_SCHEMA = { ...FILES_PLAN_SCHEMA, required: ["roots", "files"] };

/** The plan of a file, else that of the variable. Throws a `ConfigError`, or a `PlanError`. */
export async function readFilesPlan(
  { environment, directory }: ModeContext,
  { file, allow }: { readonly file?: string; readonly allow?: readonly string[] },
): Promise<FilesPlan> {
  const plan =
    file === undefined ? fromVariable(environment[FILES_VARIABLE]) : await fromFile(directory, file);
  if (allow !== undefined) refuseRoots(plan, allow);
  return plan;
}

/** The same for a sidecar that has something else to do: without a plan it writes no files. */
export async function readPlanIfAny(
  context: ModeContext,
  options: { readonly file?: string; readonly allow?: readonly string[] },
): Promise<Pick<FilesPlan, "roots" | "files">> {
  const isNone = options.file === undefined && !context.environment[FILES_VARIABLE];
  return isNone ? { roots: [], files: [] } : readFilesPlan(context, options);
}

function fromVariable(text: string | undefined): FilesPlan {
  if (text) return parseFilesPlan(text, FEATURES);
  throw new SluiceError({
    code: "SLU1101",
    kind: "configuration",
    problem: `There is no plan: ${FILES_VARIABLE} is not set`,
    remedy: "Name a file with the plan: --file FILE",
  });
}

async function fromFile(directory: string, file: string): Promise<FilesPlan> {
  const text = await readTextFile(directory, file, `The plan ${file}`);
  const written = (await readCheckedYaml(file, text, OWN_SCHEMA)) as Partial<FilesPlan>;
  const critical = written.files?.some(({ notify }) => notify !== undefined) ? FEATURES : [];
  return checkedFilesPlan({ version: 1, minReader: 1, critical, ...written }, FEATURES);
}
