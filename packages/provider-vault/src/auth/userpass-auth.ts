import type { ProviderDependencies } from "@sluice/core";
import type { UserpassAuthOptions } from "../vault-options.js";
import type { AuthMethod } from "./auth-method.js";
import { readCredentialFrom } from "./credential-file.js";
import { logIn } from "./log-in.js";

/** Logs in with a user's name and the password from a file or a variable. */
export function userpassAuth(options: UserpassAuthOptions, dependencies: ProviderDependencies): AuthMethod {
  const { username, passwordFile: file, passwordVariable: variable, mount = "userpass" } = options;
  return {
    login: async (call, signal) => {
      const password = await readCredentialFrom({ file, variable }, dependencies);
      return logIn(call, `${mount}/login/${encodeURIComponent(username)}`, { password }, signal);
    },
  };
}
