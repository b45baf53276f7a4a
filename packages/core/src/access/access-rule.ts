/**
 * Who may read what of a store. A rule grants only; where no rule fits, nobody reads. Entries are patterns, see
 * {@link isAllowed}.
 */
export interface AccessRule {
  readonly namespaces: readonly string[];
  readonly serviceAccounts: readonly string[];
  /** Of secrets within the store. */
  readonly paths: readonly string[];
}

/** A workload, and the path of a secret that it asks for. */
export interface AccessRequest {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** As a parsed reference has it: percent-decoded, without the store. */
  readonly path: string;
}
