import type { AgentOptions } from "../agent/agent-options.js";

/** How annotations of Talend's Vault Sidecar Injector are read. */
export interface VsiOptions extends AgentOptions {
  /** What its annotations begin with; `sidecar.vault.talend.org` by default. */
  readonly prefix?: string;
  /** Label with the application's name; `com.talend.application` by default. */
  readonly applicationLabel?: string;
  /** Label with the service's name; `com.talend.service` by default. */
  readonly serviceLabel?: string;
}

export const VSI_DEFAULTS = {
  prefix: "sidecar.vault.talend.org",
  applicationLabel: "com.talend.application",
  serviceLabel: "com.talend.service",
} as const;

/** Name of the pod's volume that files are in, and where it is mounted unless the pod says. */
export const VSI_VOLUME = "secrets";
export const VSI_FOLDER = "/opt/talend/secrets";
