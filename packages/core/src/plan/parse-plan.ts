import { PlanError } from "../errors/plan-error.js";
import { findMisfit } from "./find-misfit.js";
import { type InjectionPlan, PLAN_FEATURES, PLAN_LIMITS, PLAN_VERSION } from "./injection-plan.js";
import { PLAN_SCHEMA } from "./plan-schema.js";
import { readPlanObject } from "./read-plan-object.js";

const REMEDIES = {
  tooLarge: "Inject fewer variables into this container, or files in their place",
  malformed: "Let the webhook write it: delete the pod so that it is created anew",
} as const;

/**
 * Reads a container's plan. Members it does not know are ignored, as a later version may add some.
 *
 * @param known - Critical features that the reader knows; those of this package by default.
 * @throws PlanError when it is too large, not of the shape, or needs a later reader.
 */
export function parsePlan(text: string, known: readonly string[] = PLAN_FEATURES): InjectionPlan {
  const { bytes } = PLAN_LIMITS;
  const reader = { what: "The plan", bytes, version: PLAN_VERSION, known, remedies: REMEDIES };
  const plan = readPlanObject(text, reader);
  const misfit = findMisfit(PLAN_SCHEMA, plan);
  if (misfit !== undefined) throw new PlanError(`The plan is malformed: ${misfit}`, REMEDIES.malformed);
  return plan as unknown as InjectionPlan;
}
