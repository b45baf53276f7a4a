import { PlanError } from "../errors/plan-error.js";
import { ReferenceSyntaxError } from "../errors/reference-syntax-error.js";
import { findMisfit } from "./find-misfit.js";
import { type InjectionPlan, PLAN_LIMITS } from "./injection-plan.js";
import { planReferences } from "./plan-references.js";
import { PLAN_SCHEMA } from "./plan-schema.js";

/**
 * Writes a plan as the text of its variable: JSON without a `$`, which the kubelet would expand.
 *
 * @throws PlanError when it breaks a limit, so that admission can refuse it with the reason.
 */
export function formatPlan(plan: InjectionPlan): string {
  const known = written.get(plan);
  if (known !== undefined) return known;
  const text = write(plan);
  written.set(plan, text);
  return text;
}

/** A plan is written once, however often it is asked for: to see whether it can be, and then into the pod. */
const written = new WeakMap<InjectionPlan, string>();

function write(plan: InjectionPlan): string {
  const misfit = findMisfit(PLAN_SCHEMA, plan);
  if (misfit !== undefined)
    throw new PlanError(
      `The plan for container "${plan.container}" cannot be written: ${misfit}`,
      "Correct what it is made from",
    );
  checkReferences(plan);
  const text = JSON.stringify(plan).replaceAll("$", String.raw`\u0024`);
  const bytes = Buffer.byteLength(text);
  if (bytes > PLAN_LIMITS.bytes)
    throw new PlanError(
      `The plan for container "${plan.container}" has ${bytes} bytes, ${PLAN_LIMITS.bytes} at most`,
      "Inject fewer variables into this container, or files in their place",
    );
  return text;
}

function checkReferences(plan: InjectionPlan): void {
  try {
    planReferences(plan);
  } catch (thrown) {
    if (!ReferenceSyntaxError.isInstance(thrown)) throw thrown;
    throw new PlanError(
      `The plan for container "${plan.container}" cannot be written: ${thrown.problem}`,
      thrown.remedy,
    );
  }
}
