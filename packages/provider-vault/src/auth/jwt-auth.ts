import type { JwtAuthOptions } from "../vault-options.js";
import type { AuthMethod } from "./auth-method.js";
import { bearerAuth } from "./bearer-auth.js";
import { readCredential } from "./credential-file.js";

/** Logs in with a JSON Web Token from a file, read anew for each login. */
export function jwtAuth(options: JwtAuthOptions, baseDirectory: string): AuthMethod {
  const { role, mount = "jwt", tokenFile, audience = "vault" } = options;
  return bearerAuth({
    role,
    mount,
    audience,
    ownToken: async () => readCredential(tokenFile, baseDirectory),
  });
}
