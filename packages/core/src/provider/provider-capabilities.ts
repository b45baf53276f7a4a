/** What a provider can do, as data: known before it is created, shown to people, checked by the conformance suite. */
export interface ProviderCapabilities {
  /** Most requests one `resolve` call may carry; at least 1. */
  readonly batchSize: number;
  /**
   * `extracted`: the provider reads whole secrets and the resolver takes fields out of them, so that one read
   * serves every field. `native`: a field is a read of its own (a certificate's private key, say).
   */
  readonly fields: "extracted" | "native";
  /** Which versions besides the latest can be asked for. */
  readonly versions: { readonly exact: boolean; readonly label: boolean };
  /** `carriesVersion`: listed items tell `version` or `etag`, so that a change is seen without reading the value. */
  readonly list?: { readonly carriesVersion: boolean };
  readonly watch?: true;
  /**
   * The conditions a write can have; the resolver refuses the others. `ifAbsent` is `best-effort` where the provider
   * can only look before it writes, and afterwards: of two writers at once both may write, but one at most is told so.
   */
  readonly put?: { readonly ifAbsent: boolean | "best-effort"; readonly ifVersion: boolean };
  readonly delete?: { readonly ifVersion: boolean };
  readonly leases?: { readonly renew: boolean; readonly revoke: boolean };
  /** It can log in as the workload a delegated identity stands for. */
  readonly delegation?: true;
  readonly check?: true;
  /** Most calls the store takes, where it is known: the resolver never starts more at once. */
  readonly maxConcurrency?: number;
}
