import type { AgentResources } from "@sluice/core/dialect";
import { mebibytes } from "./mebibytes.js";
import { AGENT_MIB, type AgentSettings } from "./agent-settings.js";

/** What the operator gives agents, where a pod asks for nothing else. */
export function withDefaults(
  asked: AgentResources | undefined,
  { limits, requests }: NonNullable<AgentSettings["resources"]> = {},
): AgentResources {
  return {
    limits: { ...texts(limits), ...asked?.limits },
    requests: { ...texts(requests), ...asked?.requests },
  };
}

/** Amounts may be written as numbers, too. */
function texts(amounts: Readonly<Record<string, string | number>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).map(([resource, amount]) => [resource, String(amount)]));
}

/**
 * What an agent's container may take. A pod may ask for more, but not for less than the program needs, and what is in its
 * memory volumes comes on top: it is counted against who has written it, twice while files are exchanged.
 *
 * @param volumes - Their sizes together, in MiB.
 */
export function agentResources(asked: AgentResources | undefined, volumes: number): object {
  const wanted = mebibytes(asked?.limits["memory"]) ?? 0;
  const limit = Math.max(AGENT_MIB.program, wanted) + volumes;
  const request = Math.min(limit, Math.max(AGENT_MIB.request, mebibytes(asked?.requests["memory"]) ?? 0));
  return {
    limits: { cpu: "500m", ...asked?.limits, memory: `${limit}Mi` },
    requests: { cpu: "10m", ...asked?.requests, memory: `${request}Mi` },
  };
}
