/** A request of the Kubernetes API. */
export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path on the server, its parts percent-encoded: `/api/v1/namespaces/shop/secrets/db`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly accept?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** `application/json` by default. */
  readonly contentType?: string;
}

/** The bounds of a call, and on whose behalf it is made. */
export interface CallOptions {
  /** Aborting closes the connection, and rejects with its reason. */
  readonly signal: AbortSignal;
  /** How long to wait for the answer, in milliseconds; 30 seconds by default. */
  readonly timeoutMs?: number;
  /** Largest answer that is read, in bytes; 8 MiB by default. */
  readonly maxBytes?: number;
  /** Asks for a bearer token to act with instead of the configured user. */
  readonly token?: () => Promise<string>;
}

/** Default of {@link CallOptions.timeoutMs}. */
export const DEFAULT_TIMEOUT_MS = 30_000;

/** Default of {@link CallOptions.maxBytes}. */
export const DEFAULT_MAX_BYTES: number = 8 * 1024 * 1024;

/** The answer to a request that succeeded. */
export interface ApiAnswer {
  readonly status: number;
  /** Parsed JSON. */
  readonly body: unknown;
  /** The server's clock, in milliseconds since the epoch, to the second. */
  readonly date?: number;
}
