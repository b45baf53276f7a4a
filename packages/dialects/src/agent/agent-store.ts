import { isStoreName } from "@sluice/core";
import type { DialectProblem } from "@sluice/core/dialect";
import { type AgentOptions, type AgentServer, defaultStore } from "./agent-options.js";

/** The store that a pod's server is, or why it is none. An address in a pod is never dialled. */
export function agentStore(
  server: AgentServer,
  { storeOf = defaultStore }: AgentOptions,
): string | DialectProblem {
  const store = storeOf(server);
  if (store !== undefined && isStoreName(store)) return store;
  if (store !== undefined)
    return {
      problem: "The dialect's storeOf gives what is no store's name",
      remedy: "Let it give a name of lower-case letters, digits and hyphens",
    };
  return {
    problem: "The pod names a server, or a namespace of one, that no store is known for",
    remedy:
      "Let those who run Sluice map it to a store in the dialect's options (storeOf), or take the annotation away",
  };
}
