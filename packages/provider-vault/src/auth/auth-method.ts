import type { DelegatedIdentity } from "@sluice/core";
import type { VaultCall } from "../transport/vault-reply.js";

/** A token of the server, and what is known of its life. */
export interface IssuedToken {
  readonly token: string;
  /** Milliseconds it lasts; 0 if it does not end, or somebody else sees to it. */
  readonly ttlMs: number;
  readonly renewable: boolean;
  /** Issued to us: we renew it, and revoke it at the end. */
  readonly ours: boolean;
  /** It is left alive at the end, for whoever comes next. */
  readonly isKept?: boolean;
}

/** A way to get a token. */
export interface AuthMethod {
  /** Rejects with a `Refusal`, or with the signal's reason. */
  login(call: VaultCall, signal: AbortSignal): Promise<IssuedToken>;
  /** The same for a workload; absent where the method cannot tell one from another. */
  readonly onBehalfOf?: (identity: DelegatedIdentity) => AuthMethod;
}
