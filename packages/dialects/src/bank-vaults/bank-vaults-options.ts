import type { AwsStores } from "../aws-reference.js";

/** Whose notation a reference is in: `vault:` or `bao:`. */
export type VaultNotation = "vault" | "bao";

/** The server that a pod names by its annotations, as far as they say. */
export interface NamedServer {
  readonly notation: VaultNotation;
  /** `vault-addr`. */
  readonly address?: string;
  /** `vault-namespace`. */
  readonly namespace?: string;
  /** `vault-role`. */
  readonly role?: string;
  /** `vault-path`: the mount of the auth method. */
  readonly authPath?: string;
  /** `vault-auth-method`. */
  readonly authMethod?: string;
}

/** A server that pods may name, and the store that it is. */
export interface KnownServer {
  readonly store: string;
  /** As pods write it; a slash at its end and the case of its host do not matter. Without, only pods that name none. */
  readonly address?: string;
  /** Without, only pods that name none. */
  readonly namespace?: string;
}

/** What references of bank-vaults mean here. */
export interface BankVaultsOptions {
  /**
   * The store that a named server is; `undefined` for one that pods may not name. By default a pod that names no
   * address and no namespace gets the store `vault` (`bao` for `bao:`), and any other is refused. A role alone
   * decides nothing: what a pod may read is decided by the store's access rules.
   *
   * @see storeOfServers
   */
  readonly storeOf?: (server: NamedServer) => string | undefined;
  /** Key and mount of transit ciphertexts where neither an annotation nor a variable says; `transit` is the mount by default. */
  readonly transit?: { readonly key?: string; readonly path?: string };
  /** Whether secrets that do not exist are left out where no annotation says; `false` by default. */
  readonly ignoreMissing?: boolean;
  /** Whether reading a path issues something new, so that the value is neither cached nor shared; {@link issues} by default. */
  readonly issues?: (path: string) => boolean;
  /** Reference that `VAULT_TOKEN=vault:login` stands for. By default it is refused. */
  readonly login?: string;
  /** Stores for ARNs; those of secrets-init by default. */
  readonly aws?: AwsStores;
  /** Store for `azure:keyvault:NAME`; `azure-key-vault` by default. */
  readonly keyVault?: string;
  /** Store for `gcp:secretmanager:`, of a provider of yours; refused without one. */
  readonly google?: string;
  /** Store for `file:PATH`, which is refused without one. */
  readonly files?: string;
}

/**
 * Finds the store of a server in a list: the address and the namespace that a pod names must be those of an entry. A pod
 * that names neither gets the store that its notation is called like, unless an entry names neither as well.
 */
export function storeOfServers(servers: readonly KnownServer[]): (server: NamedServer) => string | undefined {
  return ({ notation, address, namespace }) => {
    const found = servers.find(
      (known) => written(known.address) === written(address) && known.namespace === plainNamespace(namespace),
    );
    return found?.store ?? (address === undefined && namespace === undefined ? notation : undefined);
  };
}

/** A namespace may be written with slashes around it. */
function plainNamespace(namespace: string | undefined): string | undefined {
  const plain = namespace?.replaceAll(/^\/+|\/+$/g, "");
  return plain === "" ? undefined : plain;
}

/** Compared as text: an address that is written in another way is another one. */
function written(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return address;
  const { protocol, host, pathname, search, hash, username, password } = new URL(address);
  if (search + hash + username + password !== "") return address;
  return `${protocol}//${host}${pathname.replace(/\/+$/, "")}`;
}

/**
 * Paths of engines that answer each reading with something new: `database/creds/app`, `aws/sts/deploy`,
 * `gcp/roleset/ci/token`, `totp/code/me`. What has `data/` behind its mount is a key-value engine's.
 */
export function issues(path: string): boolean {
  return !/^[^/]+\/data\//.test(path) && ISSUING.some((pattern) => pattern.test(path));
}

const ISSUING: readonly RegExp[] = [
  /\/(?:creds|sts)\/[^/]+$/,
  /\/(?:roleset|static-account|impersonated-account)\/[^/]+\/(?:token|key)$/,
  /^totp\/code\/[^/]+$/,
];
