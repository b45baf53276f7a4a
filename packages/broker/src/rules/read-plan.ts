import { ReferenceSyntaxError, type SecretReference } from "@sluice/core";
import {
  type InjectionPlan,
  parsePlan,
  PLAN_VARIABLE,
  planDigest,
  PlanError,
  planReferences,
} from "@sluice/core/plan";
import { type PodContainer, variableOf } from "@sluice/kubernetes";
import type { EnvironmentRequest } from "@sluice/protocol";
import { refuse } from "../refusals.js";

export interface PlanOfContainer {
  readonly plan: InjectionPlan;
  /** By their canonical form. */
  readonly references: ReadonlyMap<string, SecretReference>;
}

/**
 * The plan as it stands in the pod spec; of the request's only the digest counts, which must be that of the same text.
 *
 * @see docs/spec/protocol-v1.md, 7.3
 * @throws ProblemError
 */
export function readPlan(
  container: PodContainer,
  request: Pick<EnvironmentRequest, "planDigest">,
): PlanOfContainer {
  const { name } = container;
  const text = variableOf(container, PLAN_VARIABLE);
  if (text === undefined || text === "")
    throw refuse("no-plan", `Container "${name}" has no ${PLAN_VARIABLE}`);
  if (planDigest(text) !== request.planDigest)
    throw refuse("plan-changed", `The launcher in container "${name}" has another plan than the pod`);
  const { plan, references } = parse(text, name);
  if (plan.container !== name)
    throw refuse("plan-of-another-container", `The plan in container "${name}" is for "${plan.container}"`);
  return { plan, references };
}

function parse(text: string, container: string): PlanOfContainer {
  try {
    const plan = parsePlan(text);
    return { plan, references: planReferences(plan) };
  } catch (thrown) {
    if (!PlanError.isInstance(thrown) && !ReferenceSyntaxError.isInstance(thrown)) throw thrown;
    throw refuse("plan-invalid", `The plan of container "${container}" cannot be read: ${thrown.problem}`);
  }
}
