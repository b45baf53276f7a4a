import { abortable, type Identity, type ProviderDependencies, type SecretProvider } from "@sluice/core";
import { clientPool } from "./auth/client-pool.js";
import type { AzureOptions } from "./azure-options.js";
import { isLoginError } from "./failure/login-failure.js";
import { resolveRequests } from "./read/resolve-requests.js";
import { checkVault } from "./verbs/check-vault.js";
import { deleteSecret } from "./verbs/delete-secret.js";
import { listVault } from "./verbs/list-vault.js";
import { putSecret } from "./verbs/put-secret.js";
import { RecentAnswers } from "./verbs/recent-answers.js";
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
  const answers = new RecentAnswers();
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
    put: async (request, { signal, identity }) =>
      abortable(signal, async () =>
        answers.once(request.idempotencyKey, async () =>
          putSecret(pool.clients(identity), request, signal, forgetting(identity)),
        ),
      ),
    delete: async (request, { signal, identity }) =>
      abortable(signal, async () =>
        deleteSecret(pool.clients(identity), request, signal, forgetting(identity)),
      ),
    check: async ({ signal, identity }) =>
      abortable(signal, async () => checkVault(pool.clients(identity), signal, forgetting(identity))),
    [Symbol.asyncDispose]: async () => pool.close(),
  };
}
