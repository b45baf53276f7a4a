import type { DialectProblem } from "@sluice/core/dialect";
import { FILES_VARIABLE, formatFilesPlan, formatPlan } from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";
import { type AgentPlan, isAgent } from "../planning/agent-plan.js";

/** A pod that asks for an agent, and would start without the one that writes its files, or serves its gateway. */
export function agentProblems({ spec }: Pod, agent: AgentPlan | undefined): DialectProblem[] {
  if (agent === undefined) return [];
  const plan = agent.files && formatFilesPlan(agent.files);
  const writes = ({ env = [] }: Container): boolean =>
    plan === undefined || env.findLast((variable) => variable.name === FILES_VARIABLE)?.value === plan;
  const answers = ({ env = [] }: Container): boolean =>
    agent.sources.every(({ plan: served }) => env.some(({ value }) => value === formatPlan(served)));
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const agents = containers.filter(isAgent);
  // One may write before the app, and another one answer beside it.
  if (agents.some(writes) && agents.some(answers)) return [];
  return [
    {
      problem: "The pod asks for an agent, and has none that does what it asks for",
      remedy: "Create the pod where the mutating webhook is called for it, or take its annotations away",
    },
  ];
}
