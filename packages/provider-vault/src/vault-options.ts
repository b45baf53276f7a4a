/** Options of a Vault or OpenBao store. */
export interface VaultOptions {
  /** Where the server is: `https://vault.example:8200`. By default `VAULT_ADDR`, or `BAO_ADDR`. */
  readonly address?: string;
  /** Namespace all paths are in. By default `VAULT_NAMESPACE`, or `BAO_NAMESPACE`. */
  readonly namespace?: string;
  /** The only certificates to trust: a file, or PEM text. By default `VAULT_CACERT`, or `BAO_CACERT`. */
  readonly caCert?: string;
  /** Name the server's certificate must have, where it is not the address's host. */
  readonly tlsServerName?: string;
  /** Trust any certificate: everything sent and read can then be seen by others. */
  readonly tlsSkipVerify?: boolean;
  /** Version of key-value engines where the server refuses to tell. */
  readonly kvVersion?: 1 | 2;
  /** Responses that somebody wrapped for us, by the name that they are read by: `sys/wrapping/unwrap/NAME`. */
  readonly wrapped?: Readonly<Record<string, WrappedOptions>>;
  /** How a login goes from one program to the next, so that leases taken with it live on. */
  readonly session?: SessionOptions;
  /** How to log in; by default with the token in `VAULT_TOKEN`, or `BAO_TOKEN`. */
  readonly auth?: VaultAuth;
}

/** A wrapped response. It is unwrapped by the first reading, and then held for as long as the store is open. */
export interface WrappedOptions {
  /** File that holds the wrapping token. */
  readonly tokenFile: string;
  /** The response is that of a key-value engine of this version; its fields are taken as they are by default. */
  readonly kvVersion?: 1 | 2;
}

/** A login that is handed over: leases end with the token that they were taken with. */
export interface SessionOptions {
  /**
   * File in memory for the token, of our own user alone. A token that is in it is used and renewed as if it were our own,
   * as long as the server knows it; one that we log in for is written to it. One program at a time.
   */
  readonly file: string;
  /** Whether the token is left alive at the end, for whoever comes next; else it is revoked. */
  readonly keep?: boolean;
}

/** One way to log in. */
export type VaultAuth =
  | { readonly token: TokenAuthOptions }
  | { readonly kubernetes: KubernetesAuthOptions }
  | { readonly jwt: JwtAuthOptions }
  | { readonly approle: AppRoleAuthOptions }
  | { readonly userpass: UserpassAuthOptions }
  | { readonly cert: CertAuthOptions };

/** A token that somebody else issued, renews and revokes; one that was wrapped for us is ours to renew and revoke. */
export interface TokenAuthOptions {
  /** File that holds it; read again when the server refuses it. */
  readonly tokenFile?: string;
  /** The file holds a wrapping token, which is unwrapped once; another must be there for another login. */
  readonly wrapped?: boolean;
  /** Variable that holds it, where there is no file. */
  readonly tokenVariable?: string;
}

/** A Kubernetes service account. */
export interface KubernetesAuthOptions {
  readonly role: string;
  /** `kubernetes` by default. */
  readonly mount?: string;
  /** File of the service account's token. */
  readonly tokenPath?: string;
  /** Audience of the tokens asked for on behalf of workloads; `vault` by default. */
  readonly audience?: string;
}

/** A JSON Web Token, from a file or a variable. */
export interface JwtAuthOptions {
  readonly role: string;
  /** `jwt` by default. */
  readonly mount?: string;
  readonly tokenFile?: string;
  /** Variable that holds it, where there is no file. */
  readonly tokenVariable?: string;
  /** Audience of the tokens asked for on behalf of workloads; `vault` by default. */
  readonly audience?: string;
}

/** An AppRole. Its identifier is written here or in a file; its secret identifier comes from a file or a variable. */
export interface AppRoleAuthOptions {
  readonly roleId?: string;
  /** File that holds the role's identifier, where `roleId` is not given; read again for each login. */
  readonly roleIdFile?: string;
  readonly secretIdFile?: string;
  /** Variable that holds it, where there is no file. */
  readonly secretIdVariable?: string;
  /** The file holds a wrapping token, which is unwrapped once. */
  readonly wrapped?: boolean;
  /** `approle` by default. */
  readonly mount?: string;
}

/** A user name and a password, from a file or a variable. */
export interface UserpassAuthOptions {
  readonly username: string;
  readonly passwordFile?: string;
  /** Variable that holds it, where there is no file. */
  readonly passwordVariable?: string;
  /** `userpass` by default. */
  readonly mount?: string;
}

/** A client certificate. */
export interface CertAuthOptions {
  readonly certFile: string;
  readonly keyFile: string;
  /** Role to log in with; any that fits by default. */
  readonly role?: string;
  /** `cert` by default. */
  readonly mount?: string;
}
