import type { ClientOptions } from "../vault/client-options.js";
import type { Trust } from "../vault/trust.js";

/** Options that every credential is made with. */
export interface LoginOptions extends ClientOptions {
  readonly authorityHost: string;
  /** Set for an authority that Microsoft does not know. */
  readonly disableInstanceDiscovery?: true;
}

/** Options for logging in to this authority. */
export function loginOptions(common: ClientOptions, authority: string, trust: Trust): LoginOptions {
  if (trust.authority === undefined) return { ...common, authorityHost: authority };
  return { ...common, authorityHost: trust.authority, disableInstanceDiscovery: true };
}
