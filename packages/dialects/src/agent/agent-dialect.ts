import type { Dialect } from "@sluice/core/dialect";
import type { Pod } from "@sluice/core/pod";
import type { AgentReading } from "./agent-reading.js";

/** A notation that asks for an agent in the pod. Pure, as all of them. */
export interface AgentDialect extends Dialect {
  readAgent(pod: Pod): AgentReading;
}

/** Whether a dialect may ask for an agent. */
export function isAgentDialect(dialect: Dialect): dialect is AgentDialect {
  return "readAgent" in dialect;
}
