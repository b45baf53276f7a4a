import type { DialectProblem } from "@sluice/core/dialect";
import { FILES_VARIABLE, formatFilesPlan } from "@sluice/core/plan";
import type { Pod } from "@sluice/core/pod";
import type { AgentPlan } from "../planning/agent-plan.js";
import { AGENT_CONTAINER, AGENT_INIT_CONTAINER } from "../strategies/agent-settings.js";

/** A pod that asks for files, and would start without the agent that writes them. */
export function agentProblems({ spec }: Pod, agent: AgentPlan | undefined): DialectProblem[] {
  if (agent?.files === undefined) return [];
  const plan = formatFilesPlan(agent.files);
  const isThere = [...(spec.initContainers ?? []), ...spec.containers].some(
    ({ name, env = [] }) =>
      (name === AGENT_CONTAINER || name === AGENT_INIT_CONTAINER) &&
      env.findLast((variable) => variable.name === FILES_VARIABLE)?.value === plan,
  );
  if (isThere) return [];
  return [
    {
      problem: "The pod asks for files that nothing would write",
      remedy: "Create the pod where the mutating webhook is called for it, or take its annotations away",
    },
  ];
}
