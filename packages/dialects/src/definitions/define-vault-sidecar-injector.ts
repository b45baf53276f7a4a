import type { DialectDefinition } from "@sluice/core/dialect";
import { vaultSidecarInjector, type VsiOptions } from "../vsi/index.js";
import { agentOfSettings, hasAgent } from "./agent-of-settings.js";
import { section, TEXT } from "./settings-schema.js";

/** {@link vaultSidecarInjector}, by the sections `vaultSidecarInjector` and `agent` of settings. */
export function defineVaultSidecarInjector(): DialectDefinition {
  return {
    name: "vault-sidecar-injector",
    sections: { vaultSidecarInjector: section({ prefix: TEXT, applicationLabel: TEXT, serviceLabel: TEXT }) },
    isRead: hasAgent,
    create: (settings) => {
      const options = (settings["vaultSidecarInjector"] ?? {}) as Omit<VsiOptions, "storeOf" | "shell">;
      return vaultSidecarInjector({ ...options, ...agentOfSettings(settings) });
    },
  };
}
