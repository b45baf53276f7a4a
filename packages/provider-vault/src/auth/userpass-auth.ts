import type { UserpassAuthOptions } from "../vault-options.js";
import type { AuthMethod } from "./auth-method.js";
import { readCredential } from "./credential-file.js";
import { logIn } from "./log-in.js";

/** Logs in with a user's name and the password from a file. */
export function userpassAuth(options: UserpassAuthOptions, baseDirectory: string): AuthMethod {
  const { username, passwordFile, mount = "userpass" } = options;
  return {
    login: async (call, signal) => {
      const password = await readCredential(passwordFile, baseDirectory);
      return logIn(call, `${mount}/login/${encodeURIComponent(username)}`, { password }, signal);
    },
  };
}
