import type { ProviderDependencies } from "@sluice/core";
import type { JwtAuthOptions } from "../vault-options.js";
import type { AuthMethod } from "./auth-method.js";
import { bearerAuth } from "./bearer-auth.js";
import { readCredentialFrom } from "./credential-file.js";

/** Logs in with a JSON Web Token from a file, read anew for each login, or from a variable. */
export function jwtAuth(options: JwtAuthOptions, dependencies: ProviderDependencies): AuthMethod {
  const { role, mount = "jwt", tokenFile: file, tokenVariable: variable, audience = "vault" } = options;
  return bearerAuth({
    role,
    mount,
    audience,
    ownToken: async () => readCredentialFrom({ file, variable }, dependencies),
  });
}
