/** Who may log in, each way that is set. */
export interface Application {
  readonly clientId: string;
  readonly secret?: string;
  /** PEM of the certificate whose key signs its assertions. */
  readonly certificate?: string;
  /** Issuers whose tokens for a subject it takes. */
  readonly federated?: readonly { issuer: string; subject: string; publicKey: string }[];
  readonly managedIdentity?: boolean;
  readonly resourceId?: string;
  readonly systemAssigned?: boolean;
  /** How long its tokens live; an hour when absent. */
  readonly tokenSeconds?: number;
}

/** What an application may do with all objects of a kind, or with some. */
export interface Rule {
  readonly kind: "secrets" | "keys" | "certificates";
  readonly permissions: readonly string[];
  readonly names?: readonly string[];
}

/** What a vault does instead of its work, to everybody who is not the test itself. */
export interface Fault {
  /** Regular expression of `METHOD /path?query`. */
  readonly match: string;
  readonly hang?: boolean;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What was asked so far. */
export interface KeyVaultState {
  /** Calls that were let in, `GET /secrets/NAME`; those of the test itself are none. */
  readonly calls: readonly string[];
  /** Applications that tried to log in. */
  readonly logins: readonly string[];
  /** What the metadata service was asked. */
  readonly metadata: readonly string[];
  /** Calls whose caller still waits. */
  readonly underWay: number;
}
