import { text } from "node:stream/consumers";
import { readCheckedYaml } from "@sluice/config";
import { SluiceError } from "@sluice/core";
import {
  checkedFilesPlan,
  FILES_PLAN_SCHEMA,
  FILES_VARIABLE,
  FILES_VERSION,
  type FilesPlan,
  filesPlanOf,
  parseFilesPlan,
  PlanError,
} from "@sluice/core/plan";
import { IGNORE_MISSING_ANNOTATION, parseAnnotationsFile, readFileAnnotations } from "@sluice/dialects";
import type { ModeContext } from "@sluice/mode";
import { readTextFile } from "@sluice/mode/stores";
import type { RunWriteOptions } from "./run-write.js";

/** In a file of one's own the version is understood. */
const WRITTEN_SCHEMA = { ...FILES_PLAN_SCHEMA, required: ["roots", "files"] };

/**
 * The plan of a file, of standard input, of a pod's annotations, or of the variable that the webhook writes.
 *
 * @throws ConfigError with line and column, PlanError, or a usage error where there is none.
 */
export async function readFilesPlan(
  { directory, environment }: Pick<ModeContext, "directory" | "environment">,
  { file, annotations }: Pick<RunWriteOptions, "file" | "annotations">,
): Promise<FilesPlan> {
  if (file !== undefined) {
    const shown = file === "-" ? "standard input" : file;
    const written =
      file === "-" ? await text(process.stdin) : await readTextFile(directory, file, `The plan ${file}`);
    const value = (await readCheckedYaml(shown, written, WRITTEN_SCHEMA)) as object;
    return checkedFilesPlan({ version: FILES_VERSION, minReader: 1, critical: [], ...value });
  }
  if (annotations !== undefined)
    return annotatedPlan(
      await readTextFile(directory, annotations, `The annotations file ${annotations}`),
      annotations,
    );
  const { [FILES_VARIABLE]: planned } = environment;
  if (planned !== undefined && planned !== "") return parseFilesPlan(planned);
  throw new SluiceError({
    code: "SLU1201",
    kind: "usage",
    problem: `There is no plan for files: no --file, no --annotations, and no ${FILES_VARIABLE} in the environment`,
    remedy: "Name a plan with --file; docs/files.md shows one",
  });
}

/** The files that annotations ask for, written by whoever this is. */
function annotatedPlan(written: string, shown: string): FilesPlan {
  const { annotations, problems: unread } = parseAnnotationsFile(written);
  const { files, problems } = readFileAnnotations(
    annotations,
    annotations[IGNORE_MISSING_ANNOTATION] === "true",
  );
  const [first, ...others] = [
    ...unread.map(({ line, problem }) => ({ problem: `${shown}:${line} ${problem}`, remedy: FROM_KUBELET })),
    ...problems,
    ...(files.length === 0 && problems.length === 0
      ? [{ problem: `${shown} asks for no files`, remedy: ADD_ONE }]
      : []),
  ];
  if (first === undefined) return checkedFilesPlan(filesPlanOf(files));
  throw new PlanError([first, ...others].map(({ problem }) => problem).join("; "), first.remedy);
}

const FROM_KUBELET = "Mount metadata.annotations of the downward API";
const ADD_ONE = "Annotate the pod with sluice.dev/file.NAME";
