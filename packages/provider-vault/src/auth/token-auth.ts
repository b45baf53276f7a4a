import type { ProviderDependencies } from "@sluice/core";
import { badConfiguration, malformed } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { vaultVariable } from "../transport/connection-options.js";
import { objectIn } from "../transport/vault-reply.js";
import type { TokenAuthOptions } from "../vault-options.js";
import { unwrap } from "../wrapping/unwrap.js";
import type { AuthMethod } from "./auth-method.js";
import { readCredential } from "./credential-file.js";
import { issuedIn } from "./log-in.js";

/**
 * A token that is there already: in a file, else in a variable. Whoever issued it renews and revokes it, unless it
 * was wrapped: then nobody else has ever had it.
 */
export function tokenAuth(
  { tokenFile, tokenVariable, wrapped = false }: TokenAuthOptions,
  { baseDirectory, environment }: ProviderDependencies,
): AuthMethod {
  const find = async (): Promise<string> => {
    if (tokenFile !== undefined) return readCredential(tokenFile, baseDirectory);
    const token =
      tokenVariable === undefined ? vaultVariable(environment, "TOKEN") : environment[tokenVariable];
    if (token) return token.trim();
    const variable = tokenVariable ?? "VAULT_TOKEN";
    throw new Refusal(
      badConfiguration(
        "no-token",
        `${variable} is not set`,
        "Set it to a token, or configure the store's auth",
      ),
    );
  };
  return {
    login: async (call, signal) => {
      const token = await find();
      if (!wrapped) return { token, ttlMs: 0, renewable: false, ours: false };
      const issued = issuedIn(objectIn((await unwrap(call, token, signal)).body, "auth"));
      if (issued === undefined) throw new Refusal(malformed());
      return issued;
    },
  };
}
