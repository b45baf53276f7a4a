import type { AgentWants, DialectProblem } from "@sluice/core/dialect";
import type { InjectionPlan } from "@sluice/core/plan";
import type { Pod } from "@sluice/core/pod";
import type { AgentSettings } from "../strategies/agent-settings.js";
import { storesOf } from "../strategies/with-tokens.js";
import { type AgentPlan, NO_AGENT } from "./agent-plan.js";
import { agentStores } from "./agent-stores.js";
import { appUser, socketMode } from "./file-rights.js";

/** As whom a pod's agent logs in to stores, where no other notation of the pod says. */
const ROLE_ANNOTATION = "sluice.dev/role";

/**
 * Lets a pod's agent answer the launchers of these containers, and adds one where the pod has none. It reads with the pod's own
 * login, as for files; each container has a socket of its own, so that none is given what another one asked for.
 *
 * @param served - Plans by container.
 * @param everyHandler - Containers of which every command of probes and hooks is to ask.
 */
export function withSources(
  agent: AgentPlan | undefined,
  served: ReadonlyMap<string, InjectionPlan>,
  pod: Pod,
  settings: AgentSettings | undefined,
  everyHandler: ReadonlySet<string> = new Set(),
): { readonly agent?: AgentPlan; readonly problems: readonly DialectProblem[] } {
  if (served.size === 0) return { ...(agent && { agent }), problems: [] };
  if (settings === undefined) return { problems: [NO_AGENT] };
  if (agent?.wants.runs.beside === false) return { problems: [GONE] };
  const containers = Array.from(served.keys());
  const uid = agent === undefined ? appUser(containers, pod) : agent.uid;
  const role = agent?.wants.role ?? (pod.metadata?.annotations?.[ROLE_ANNOTATION] || undefined);
  const names = Array.from(new Set(Array.from(served.values()).flatMap(storesOf)));
  const wants = agent?.wants ?? sourceWants(names[0] ?? "", containers, pod);
  const found = names.map((store) => agentStores({ store, ...(role !== undefined && { role }) }, settings));
  const problems = found.flatMap((each) => ("problem" in each ? [each] : []));
  if (problems.length > 0) return { problems };
  const stores = found.map((each) => ("stores" in each ? each.stores : {}));
  return {
    agent: {
      ...agent,
      wants,
      stores: Object.assign({}, agent?.stores, ...stores) as AgentPlan["stores"],
      ...(uid !== undefined && { uid }),
      sources: pod.spec.containers.flatMap((container) => {
        const plan = served.get(container.name);
        return plan === undefined
          ? []
          : [
              {
                container: container.name,
                plan,
                mode: socketMode(uid, container, pod),
                everyHandler: everyHandler.has(container.name),
              },
            ];
      }),
    },
    problems,
  };
}

/** Whether an agent that pods are given can read all that a plan asks for. */
export function canServe(plan: InjectionPlan, { stores }: AgentSettings): boolean {
  return storesOf(plan).every((store) => Object.hasOwn(stores, store));
}

/** An agent that is there for launchers alone. Its leases are the pod's, and end with it. */
function sourceWants(store: string, containers: readonly string[], { spec }: Pod): AgentWants {
  return {
    store,
    files: [],
    runs: { before: false, beside: true },
    keepsFresh: true,
    initFirst: false,
    containers,
    isJob: spec["restartPolicy"] === "Never" || spec["restartPolicy"] === "OnFailure",
    revoke: true,
    shareProcessNamespace: false,
  };
}

const GONE: DialectProblem = {
  problem:
    "Variables are to come from the pod's sidecar, and the agent that the pod asks for ends before its containers start",
  remedy:
    "Let the agent stay (agent-pre-populate-only: false, or secrets-type: dynamic), or take the variables from the broker or a file (sluice.dev/source)",
};
