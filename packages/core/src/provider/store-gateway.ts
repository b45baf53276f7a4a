/** A logged-in way to a store's own API, for a gateway that programs of the same machine or pod use. */
export interface StoreGateway extends AsyncDisposable {
  /**
   * Hands a request on as it is, with our login where that is asked for. Rejects with a `SluiceError` when the store
   * cannot be asked, and with the signal's reason.
   */
  forward(request: GatewayRequest, signal: AbortSignal): Promise<GatewayAnswer>;
}

/** How a gateway is opened. */
export interface StoreGatewayOptions {
  /**
   * Whether what was issued, with a lease or as a token, is given again to who asks the same with the same login, while it
   * lives; `false` by default. In memory only.
   */
  readonly cache?: boolean;
}

/** A request that a program sends through the gateway. */
export interface GatewayRequest {
  readonly method: string;
  /** As it was asked for, with its query: `/v1/secret/data/app?version=2`. */
  readonly path: string;
  /** Without those that belong to one connection. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Whether our login is added: where the request shows none, in the place of what it shows, or never. */
  readonly login: "absent" | "always" | "never";
}

/** What the store said. Holds values. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Where the gateway has a cache: whether the answer came from it, and how long ago the store said it. */
  readonly cache?: { readonly hit: false } | { readonly hit: true; readonly ageSeconds: number };
}
