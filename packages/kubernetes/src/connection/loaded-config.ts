import type { RequestOptions } from "node:https";

/** Where a cluster is and who we are there. */
export interface LoadedConfig {
  readonly server: URL;
  /** Namespace of the context, or of the pod. */
  readonly namespace?: string;
  /**
   * What a request is sent with: certificates and headers of the configured user, or, with a token, of whoever holds
   * that and of nobody else. What it rejects with may quote secrets.
   */
  readonly account: (token?: string) => Promise<RequestOptions>;
}
