import type { ProviderDependencies } from "@sluice/core";
import { badConfiguration } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { vaultVariable } from "../transport/connection-options.js";
import type { TokenAuthOptions } from "../vault-options.js";
import type { AuthMethod } from "./auth-method.js";
import { readCredential } from "./credential-file.js";

/** A token that is there already: in a file, else in a variable. Whoever issued it renews and revokes it. */
export function tokenAuth(
  { tokenFile, tokenVariable }: TokenAuthOptions,
  { baseDirectory, environment }: ProviderDependencies,
): AuthMethod {
  const find = async (): Promise<string> => {
    if (tokenFile !== undefined) return readCredential(tokenFile, baseDirectory);
    const token =
      tokenVariable === undefined ? vaultVariable(environment, "TOKEN") : environment[tokenVariable];
    if (token) return token.trim();
    const variable = tokenVariable ?? "VAULT_TOKEN";
    throw new Refusal(
      badConfiguration("no-token", `${variable} is not set`, "Set it, or configure the store's auth"),
    );
  };
  return { login: async () => ({ token: await find(), ttlMs: 0, renewable: false, ours: false }) };
}
