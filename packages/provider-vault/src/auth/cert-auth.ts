import type { CertAuthOptions } from "../vault-options.js";
import type { AuthMethod } from "./auth-method.js";
import { logIn } from "./log-in.js";

/** Logs in with the client certificate that connections are made with; its files are read anew for each login. */
export function certAuth({ role, mount = "cert" }: CertAuthOptions): AuthMethod {
  const body = role === undefined ? {} : { name: role };
  return {
    login: async (call, signal) => logIn(call, `${mount}/login`, body, signal, { newConnection: true }),
  };
}
