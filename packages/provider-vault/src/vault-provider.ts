import { type ProviderDependencies, RecentWrites, type SecretProvider } from "@sluice/core";
import type { AuthMethod } from "./auth/auth-method.js";
import { createAuth } from "./auth/create-auth.js";
import { handedOverAuth } from "./auth/handed-over-auth.js";
import { SessionPool } from "./session/session-pool.js";
import { VaultClient } from "./transport/vault-client.js";
import type { VaultOptions } from "./vault-options.js";
import { checkStore } from "./verbs/check-store.js";
import { deleteSecret } from "./verbs/delete-secret.js";
import { renewLease, revokeLease } from "./verbs/leases.js";
import { listPages } from "./verbs/list-pages.js";
import { putSecret } from "./verbs/put-secret.js";
import { resolveRequests } from "./verbs/resolve-requests.js";
import { WrappedSecrets } from "./wrapping/wrapped-secrets.js";

/** The way to log in, with what the program before us left. */
export function authOf({ auth, session }: VaultOptions, dependencies: ProviderDependencies): AuthMethod {
  const own = createAuth(auth ?? { token: {} }, dependencies);
  return session === undefined ? own : handedOverAuth(own, session, dependencies.baseDirectory);
}

/** Wires the provider of one store; nothing is loaded, read or connected until a verb is called. */
export function createVaultProvider(
  options: VaultOptions,
  dependencies: ProviderDependencies,
): SecretProvider {
  const client = new VaultClient(options, dependencies);
  const auth = authOf(options, dependencies);
  const { leavesLeases = false } = dependencies;
  const pool = new SessionPool(auth, client.call, options.kvVersion, leavesLeases);
  const wrapped = new WrappedSecrets(options.wrapped ?? {}, dependencies.baseDirectory, client.call);
  const writes = new RecentWrites();
  return {
    resolve: async (requests, context) => resolveRequests(pool, wrapped, requests, context),
    list: (query, context) => listPages(pool, dependencies.store, query, context),
    put: async (request, context) => {
      context.signal.throwIfAborted();
      return writes.once(request, context, async () => putSecret(pool, request, context));
    },
    delete: async (request, context) => deleteSecret(pool, request, context),
    renewLease: async (leaseId, context) => renewLease(pool, leaseId, context),
    revokeLease: async (leaseId, context) => revokeLease(pool, leaseId, context),
    check: async (context) => checkStore(pool, client.call, context),
    [Symbol.asyncDispose]: async () => {
      await pool.close();
      await client.close();
    },
  };
}
