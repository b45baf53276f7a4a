import { type AgentOptions, defaultStore } from "../agent/agent-options.js";
import { type KnownServer, storeOfServers } from "../bank-vaults/bank-vaults-options.js";

/** Part of the section `agent` of settings; the rest of it is about what is put into pods. */
interface AgentSection {
  readonly servers?: readonly KnownServer[];
  readonly shell?: boolean;
}

/** A pod that names no server gets the store for it; any other only what the settings list. */
export function agentOfSettings(settings: Readonly<Record<string, unknown>>): AgentOptions {
  const { servers = [], shell } = (settings["agent"] ?? {}) as AgentSection;
  const known = storeOfServers(servers);
  const storeOf: AgentOptions["storeOf"] = (server) =>
    defaultStore(server) ?? known({ notation: "vault", ...server });
  return { storeOf, ...(shell !== undefined && { shell }) };
}

/** Another injector in the cluster may see to such pods: they are read where agents are set up, or listed. */
export function hasAgent(settings: Readonly<Record<string, unknown>>): boolean {
  return settings["agent"] !== undefined;
}
