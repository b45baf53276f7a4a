import type { NamedServer } from "../bank-vaults/bank-vaults-options.js";

/** Who a pod says it is, and to which server. */
export interface AgentServer extends Omit<NamedServer, "notation"> {}

/** How the notations of agents are read. */
export interface AgentOptions {
  /**
   * The store that a named server is; `undefined` for one that pods may not name. By default a pod that names neither
   * an address nor a namespace gets the store `vault`, with AppRole `vault-approle`, and any other is refused. What a pod may read is decided by
   * whom the store logs in as, and by its access rules.
   */
  readonly storeOf?: (server: AgentServer) => string | undefined;
  /**
   * Whether commands that only a shell can run are run: the agent's image then needs `/bin/sh` and what they call. By
   * default such a pod is denied.
   */
  readonly shell?: boolean;
}

/** The store `vault`, or that for AppRole, for pods that name no server of their own. */
export function defaultStore({ address, namespace, authMethod }: AgentServer): string | undefined {
  if ((address ?? namespace) !== undefined) return undefined;
  return authMethod === "approle" ? "vault-approle" : "vault";
}
