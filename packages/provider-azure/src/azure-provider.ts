import {
  abortable,
  type Identity,
  type ProviderDependencies,
  RecentWrites,
  type SecretProvider,
} from "@sluice/core";
import { clientPool } from "./auth/client-pool.js";
import type { AzureOptions } from "./azure-options.js";
import { isLoginError } from "./failure/login-failure.js";
import { resolveRequests } from "./read/resolve-requests.js";
import { checkVault } from "./verbs/check-vault.js";
import { deleteSecret } from "./verbs/delete-secret.js";
import { listVault } from "./verbs/list-vault.js";
import { putSecret } from "./verbs/put-secret.js";
import { STRICT, type Trust } from "./vault/trust.js";

/** The verbs of an Azure Key Vault store. */
export type AzureProvider = SecretProvider &
  Required<Pick<SecretProvider, "list" | "put" | "delete" | "check">>;

/** Wires the provider of one vault; loads no SDK and reads no file until a verb is called. */
export function createAzureProvider(
  options: AzureOptions,
  dependencies: ProviderDependencies,
  trust: Trust = STRICT,
): AzureProvider {
  const pool = clientPool(options, dependencies, trust);
  const writes = new RecentWrites();
  const forgetting = (identity: Identity) => (error: unknown) => {
    if (isLoginError(error)) pool.forget(identity);
  };
  return {
    resolve: async (requests, { signal, identity }) =>
      abortable(signal, async () =>
        resolveRequests(pool.clients(identity), requests, signal, forgetting(identity)),
      ),
    list: (query, { signal, identity }) =>
      listVault(pool.clients(identity), dependencies.store, query, signal, forgetting(identity)),
    put: async (request, context) => {
      const { signal, identity } = context;
      const write = async () => putSecret(pool.clients(identity), request, signal, forgetting(identity));
      return abortable(signal, async () => writes.once(request, context, write));
    },
    delete: async (request, { signal, identity }) =>
      abortable(signal, async () =>
        deleteSecret(pool.clients(identity), request, signal, forgetting(identity)),
      ),
    check: async ({ signal, identity }) =>
      abortable(signal, async () => checkVault(pool.clients(identity), signal, forgetting(identity))),
    [Symbol.asyncDispose]: async () => pool.close(),
  };
}
