import type { DialectProblem } from "@sluice/core/dialect";
import { type InjectionPlan, parsePlan, PLAN_VARIABLE, PlanError, SOURCE_VARIABLE } from "@sluice/core/plan";
import { type Container, containersOf, type Pod } from "@sluice/core/pod";
import { isDeepStrictEqual } from "node:util";
import { isWrapped } from "../strategies/exec-wrap.js";
import { LAUNCHER_FOLDER, TOKEN_FOLDER } from "../strategies/injection-settings.js";

/**
 * Containers that hold references and would start with them as they are written. Nothing is believed but what will
 * be started: an annotation says nothing. How the source is reached may differ, as while webhooks are replaced.
 */
export function wrappedProblems(pod: Pod, plans: ReadonlyMap<string, InjectionPlan>): DialectProblem[] {
  return Array.from(containersOf(pod)).flatMap(([container]) => {
    const plan = plans.get(container.name);
    const gap = plan === undefined ? undefined : gapOf(container, plan);
    if (gap === undefined) return [];
    return [
      {
        problem: `Container "${container.name}" holds references that nothing would fill: ${gap}`,
        remedy:
          'Create the pod where the mutating webhook is called for it, or turn injection off with the annotation sluice.dev/inject: "false"',
      },
    ];
  });
}

function gapOf(container: Container, plan: InjectionPlan): string | undefined {
  const { env = [], volumeMounts = [] } = container;
  if (!isWrapped(container)) return "its command does not stand behind the launcher";
  if (!env.some(({ name, value }) => name === SOURCE_VARIABLE && value !== undefined && value !== ""))
    return "it names no source";
  for (const folder of [LAUNCHER_FOLDER, TOKEN_FOLDER])
    if (!volumeMounts.some(({ mountPath }) => mountPath === folder)) return `nothing is mounted at ${folder}`;
  const written = env.findLast(({ name }) => name === PLAN_VARIABLE)?.value;
  return written !== undefined && isSamePlan(written, plan)
    ? undefined
    : "its plan is not that of its references";
}

function isSamePlan(text: string, plan: InjectionPlan): boolean {
  try {
    const { container, env, optional, remove, spread } = parsePlan(text);
    return isDeepStrictEqual(
      [container, { ...env }, optional ?? [], remove ?? [], spread ?? []],
      [plan.container, { ...plan.env }, plan.optional ?? [], plan.remove ?? [], plan.spread ?? []],
    );
  } catch (thrown) {
    if (PlanError.isInstance(thrown)) return false;
    throw thrown;
  }
}
