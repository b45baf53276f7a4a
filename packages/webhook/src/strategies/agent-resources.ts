import type { AgentResources } from "@sluice/core/dialect";
import { AGENT_MIB } from "./agent-settings.js";

/**
 * What an agent's container may take. A pod may ask for more, but not for less than the program needs, and what is in its
 * memory volumes comes on top: it is counted against who has written it, twice while files are exchanged.
 */
export function agentResources(
  asked: AgentResources | undefined,
  { files, sources }: { readonly files: number; readonly sources: number },
): object {
  const volumes = AGENT_MIB.files * files + AGENT_MIB.source * sources + AGENT_MIB.state;
  const wanted = mebibytes(asked?.limits["memory"]) ?? 0;
  const limit = Math.max(AGENT_MIB.program, wanted) + volumes;
  const request = Math.min(limit, Math.max(AGENT_MIB.request, mebibytes(asked?.requests["memory"]) ?? 0));
  return {
    limits: { cpu: "500m", ...asked?.limits, memory: `${limit}Mi` },
    requests: { cpu: "10m", ...asked?.requests, memory: `${request}Mi` },
  };
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** A quantity of Kubernetes in MiB, rounded up. */
function mebibytes(quantity: string | undefined): number | undefined {
  const [, amount, unit = ""] = /^([\d.]+)([a-zA-Z]{0,2})$/.exec(quantity ?? "") ?? [];
  const factor = UNITS[unit];
  return amount === undefined || factor === undefined
    ? undefined
    : Math.ceil((Number(amount) * factor) / 2 ** 20);
}
