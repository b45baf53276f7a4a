import { type DelegatedIdentity, type Identity, identityKey, type ProviderDependencies } from "@sluice/core";
import type { AzureOptions } from "../azure-options.js";
import { RecentlyUsed } from "../util/recently-used.js";
import { lazily } from "../util/lazily.js";
import { clientOptions } from "../vault/client-options.js";
import { StoreConnections } from "../vault/store-connections.js";
import type { Trust } from "../vault/trust.js";
import { authorityOf, vaultUrl } from "../vault/vault-address.js";
import { type VaultClients, vaultClients } from "../vault/vault-clients.js";
import { createCredential } from "./create-credential.js";
import { delegatedCredential } from "./delegated-credential.js";
import type { LoginOptions } from "./login-options.js";
import { sharedLogin } from "./shared-login.js";

/** Most identities whose clients, and so whose tokens, are kept. */
const MOST = 100;

/** The clients of a store, apart for every identity. */
export interface ClientPool {
  clients(identity: Identity): VaultClients;
  /** Drops what could not log in, so that the next call reads its credential anew: it may have been renewed. */
  forget(identity: Identity): void;
  /** Closes their connections. */
  close(): void;
}

interface Kept {
  /** The latest of those that are equal: its token is the freshest. */
  identity: Identity;
  readonly clients: VaultClients;
}

/** Wires the pool; opens nothing. */
export function clientPool(
  options: AzureOptions,
  dependencies: ProviderDependencies,
  trust: Trust,
): ClientPool {
  const kept = new RecentlyUsed<Kept>(MOST);
  const connections = new StoreConnections();
  const common = lazily(async () =>
    clientOptions(options.caFile, dependencies.baseDirectory, async (authority) =>
      connections.open(authority, trust.httpClient),
    ),
  );
  const open = (identity: Identity): Kept => {
    const entry: Kept = {
      identity,
      clients: vaultClients({
        url: vaultUrl(options),
        trust,
        options: common,
        credential: async (client) => {
          if (trust.credential) return trust.credential;
          const login: LoginOptions = { ...client, authorityHost: authorityOf(options) };
          const workload = (): DelegatedIdentity => entry.identity as DelegatedIdentity;
          const credential =
            identity.kind === "self"
              ? createCredential(options.auth, dependencies, login)
              : delegatedCredential(options.delegation, workload, login);
          return sharedLogin(await credential);
        },
      }),
    };
    return entry;
  };
  return {
    clients: (identity) => {
      const entry = kept.get(identityKey(identity), () => open(identity));
      entry.identity = identity;
      return entry.clients;
    },
    forget: (identity) => kept.delete(identityKey(identity)),
    close: () => connections.close(),
  };
}
