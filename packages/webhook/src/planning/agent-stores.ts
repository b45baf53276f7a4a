import type { AgentWants, DialectProblem } from "@sluice/core/dialect";
import type { AgentPlan } from "./agent-plan.js";
import type { AgentSettings } from "../strategies/agent-settings.js";

/** Stands for the pod's role in texts of a store's options. */
const ROLE = "{role}";

/** Names of roles, as Vault has them. */
const ROLE_NAME = /^[\w.-]{1,256}$/;

/** The configuration of the store that a pod's agent reads from, with the role that the pod names. */
export function agentStores(
  { store, role }: Pick<AgentWants, "store" | "role">,
  { stores }: AgentSettings,
): { readonly stores: AgentPlan["stores"] } | DialectProblem {
  const options = Object.hasOwn(stores, store) ? stores[store] : undefined;
  if (options === undefined)
    return {
      problem: `The pod's secrets are in store "${store}", which agents are not set up for`,
      remedy: "Let those who run Sluice add it to agent.stores in the webhook's settings",
    };
  if (!JSON.stringify(options).includes(ROLE)) return { stores: { [store]: options } };
  if (role === undefined || !ROLE_NAME.test(role))
    return {
      problem: `Store "${store}" wants to know the pod's role, and the pod names ${role === undefined ? "none" : "what is no name of one"}`,
      remedy: "Name the role in the pod's annotation for it",
    };
  return { stores: { [store]: withRole(options, role) } };
}

function withRole(value: unknown, role: string): unknown {
  if (typeof value === "string") return value.replaceAll(ROLE, role);
  if (Array.isArray(value)) return value.map((each) => withRole(each, role));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withRole(each, role)]));
}
