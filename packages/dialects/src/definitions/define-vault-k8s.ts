import type { DialectDefinition } from "@sluice/core/dialect";
import { vaultK8s } from "../vault-k8s/index.js";
import { agentOfSettings, hasAgent } from "./agent-of-settings.js";

/** {@link vaultK8s}, by the section `agent` of settings. */
export function defineVaultK8s(): DialectDefinition {
  return {
    name: "vault-k8s",
    isRead: hasAgent,
    create: (settings) => vaultK8s(agentOfSettings(settings)),
  };
}
