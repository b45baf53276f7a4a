import { PlanError } from "../errors/plan-error.js";
import { checkFilesPlan } from "./check-files-plan.js";
import { FILES_FEATURES, FILES_LIMITS, FILES_VERSION, type FilesPlan } from "./files-plan.js";
import { FILES_PLAN_SCHEMA } from "./files-plan-schema.js";
import { findMisfit } from "./find-misfit.js";
import { PLAN_FEATURES, PLAN_VERSION } from "./injection-plan.js";
import { readPlanObject, refuseNewer } from "./read-plan-object.js";

const REMEDIES = {
  tooLarge: "Write fewer files, or put what they have in common into a secret",
  malformed: "Correct it; docs/spec/files-v1.md has its shape",
} as const;

const readerOf = (known: readonly string[]) => ({
  what: "The plan for files",
  bytes: FILES_LIMITS.bytes,
  version: FILES_VERSION,
  known,
  remedies: REMEDIES,
});

/** What is written for a container is held to the rules of its own plan. */
const ENVIRONMENT_READER = {
  what: "The plan of a container whose environment is a file",
  bytes: FILES_LIMITS.bytes,
  version: PLAN_VERSION,
  known: PLAN_FEATURES,
  remedies: REMEDIES,
};

/**
 * Reads a plan for files. Members it does not know are ignored, as a later version may add some.
 *
 * @param known - Critical features that the reader knows; those of this package by default.
 * @throws PlanError when it is too large, not of the shape, its paths are in each other's way, or it needs a later reader.
 */
export function parseFilesPlan(text: string, known: readonly string[] = FILES_FEATURES): FilesPlan {
  return checkedFilesPlan(readPlanObject(text, readerOf(known)), known);
}

/**
 * Takes a value, as from a configuration file, for a plan for files.
 *
 * @param known - Critical features that the reader knows; those of this package by default.
 * @throws PlanError as `parseFilesPlan` does.
 */
export function checkedFilesPlan(value: unknown, known: readonly string[] = FILES_FEATURES): FilesPlan {
  const isObject = typeof value === "object" && value !== null;
  if (isObject) refuseNewer(value as Readonly<Record<string, unknown>>, readerOf(known));
  const misfit = isObject ? findMisfit(FILES_PLAN_SCHEMA, value) : "it is not an object";
  if (misfit !== undefined)
    throw new PlanError(`The plan for files is malformed: ${misfit}`, REMEDIES.malformed);
  const plan = value as FilesPlan;
  if (plan.files.some(({ notify }) => notify !== undefined) && !plan.critical.includes("notify"))
    throw new PlanError(
      "The plan for files tells apps of changes, and does not say so",
      "Name the feature notify in critical",
    );
  for (const { content } of plan.files)
    if (content.format === "environment") refuseNewer({ ...content.plan }, ENVIRONMENT_READER);
  checkFilesPlan(plan);
  return plan;
}

/**
 * Writes a plan for files as the text of its variable: JSON without a `$`, which the kubelet would expand.
 *
 * @throws PlanError when it breaks a limit or a rule, so that admission can refuse it with the reason.
 */
export function formatFilesPlan(plan: FilesPlan): string {
  checkedFilesPlan(plan, plan.critical);
  const text = JSON.stringify(plan).replaceAll("$", String.raw`\u0024`);
  const bytes = Buffer.byteLength(text);
  if (bytes > FILES_LIMITS.bytes)
    throw new PlanError(
      `The plan for files has ${bytes} bytes, ${FILES_LIMITS.bytes} at most`,
      REMEDIES.tooLarge,
    );
  return text;
}
