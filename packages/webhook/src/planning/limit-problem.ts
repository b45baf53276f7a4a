import type { DialectProblem } from "@sluice/core/dialect";
import { formatPlan, type InjectionPlan, PlanError } from "@sluice/core/plan";

/** Why a plan cannot be written into a pod; `undefined` where it can. */
export function limitProblem(plan: InjectionPlan): DialectProblem | undefined {
  // Told by its name already.
  if (Object.keys(plan.env).some((name) => name.startsWith("SLUICE_"))) return undefined;
  try {
    formatPlan(plan);
    return undefined;
  } catch (thrown) {
    if (!PlanError.isInstance(thrown)) throw thrown;
    return { problem: thrown.problem, remedy: thrown.remedy };
  }
}
