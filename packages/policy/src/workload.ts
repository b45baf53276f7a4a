/** Something that a workload reads from a store. */
export interface PolicyRead {
  /** Name of the store. */
  readonly store: string;
  /** As a parsed reference has it, or with `anyIndex` what all of them begin with. */
  readonly path: string;
  /** The field that is read, where it is one. */
  readonly key?: string;
  /** Reading issues something new. */
  readonly volatile?: boolean;
  /** The workload asks the store itself, with credentials of its own, and no broker of ours. */
  readonly isDirect?: boolean;
  /** Stands for every path that goes on with a dot and a number: the indexes of a lease. */
  readonly anyIndex?: boolean;
}

/** Who reads, and what. */
export interface PolicyWorkload {
  /** For people: `Deployment shop/web`. */
  readonly what: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly reads: readonly PolicyRead[];
}

/** What is known of a store. */
export interface PolicyStore {
  readonly name: string;
  /** Id of its provider. */
  readonly provider: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Namespace of a `SecretStore`; a `ClusterSecretStore`, and what is none in a cluster, has none. */
  readonly namespace?: string;
}

/** Finds what a name stands for in a namespace. */
export type FindStore = (name: string, namespace: string) => PolicyStore | undefined;
