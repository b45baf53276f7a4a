import { PlanError } from "../errors/plan-error.js";
import { findMisfit } from "./find-misfit.js";
import { type InjectionPlan, PLAN_FEATURES, PLAN_LIMITS, PLAN_VERSION } from "./injection-plan.js";
import { PLAN_SCHEMA } from "./plan-schema.js";

const REWRITE = "Let the webhook write it: delete the pod so that it is created anew";

/**
 * Reads a container's plan. Members it does not know are ignored, as a later version may add some.
 *
 * @param known - Critical features that the reader knows; those of this package by default.
 * @throws PlanError when it is too large, not of the shape, or needs a later reader.
 */
export function parsePlan(text: string, known: readonly string[] = PLAN_FEATURES): InjectionPlan {
  const bytes = Buffer.byteLength(text);
  if (bytes > PLAN_LIMITS.bytes)
    throw new PlanError(
      `The plan has ${bytes} bytes, ${PLAN_LIMITS.bytes} at most`,
      "Inject fewer variables into this container, or files in their place",
    );
  const plan = parseObject(text);
  refuseNewer(plan, known);
  const misfit = findMisfit(PLAN_SCHEMA, plan);
  if (misfit !== undefined) throw new PlanError(`The plan is malformed: ${misfit}`, REWRITE);
  return plan as unknown as InjectionPlan;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch {
    throw new PlanError("The plan is not JSON", REWRITE);
  }
  if (typeof plan === "object" && plan !== null && !Array.isArray(plan))
    return plan as Readonly<Record<string, unknown>>;
  throw new PlanError("The plan is not a JSON object", REWRITE);
}

/** Before anything else is looked at: what a later version means by the rest is not ours to judge. */
function refuseNewer(
  { minReader, critical }: Readonly<Record<string, unknown>>,
  known: readonly string[],
): void {
  if (typeof minReader === "number" && minReader > PLAN_VERSION)
    throw new PlanError(
      `The plan needs a reader of version ${minReader}; this is version ${PLAN_VERSION}`,
      "Upgrade this part of Sluice before the webhook",
    );
  const unknown = Array.isArray(critical)
    ? critical.filter((feature): feature is string => typeof feature === "string" && !known.includes(feature))
    : [];
  if (unknown.length > 0)
    throw new PlanError(
      `The plan needs what this version does not know: ${unknown.slice(0, 8).join(", ")}`,
      "Upgrade this part of Sluice before the webhook",
    );
}
