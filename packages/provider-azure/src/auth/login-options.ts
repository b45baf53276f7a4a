import type { ClientOptions } from "../vault/client-options.js";

/** Options that every credential is made with. */
export interface LoginOptions extends ClientOptions {
  /** Where one logs in: `https://login.microsoftonline.com`. */
  readonly authorityHost: string;
}
