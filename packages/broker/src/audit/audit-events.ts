/** A container of a pod whose token was reviewed. */
export interface Workload {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Tells a service account from an earlier one of its name. */
  readonly serviceAccountUid: string;
  readonly pod: string;
  readonly podUid: string;
  readonly container: string;
}

/** Who asked and what became of it, whatever that is. Never a value, and no token in any form. */
interface AskedEvent {
  /** Unique per request; the same in log lines and in what providers are called with. */
  readonly requestId: string;
  readonly remoteAddress: string;
  /** Absent while nobody has proven anything. */
  readonly workload?: Workload;
  /** The container that the request claims, where it was read so far. */
  readonly container?: string;
  readonly durationMs: number;
  /** What was found about the start this request belongs to. */
  readonly replay?: "late" | "another-nonce" | "never-starts-again";
}

/** An environment was released. */
export interface EnvironmentReleasedEvent extends AskedEvent {
  readonly workload: Workload;
  readonly planDigest: string;
  readonly references: readonly ReleasedReference[];
}

/** A reference whose value was given to a container. */
export interface ReleasedReference {
  /** Canonical form. */
  readonly reference: string;
  /** Kind and name of the store that the name in the reference stood for. */
  readonly store: string;
  readonly version?: string;
}

/** An environment was refused, or a request that could not have become one. */
export interface EnvironmentRefusedEvent extends AskedEvent {
  /** HTTP status of the answer. */
  readonly status: number;
  /** One of {@link REFUSALS}, or a provider's own. */
  readonly reason: string;
  /** For people: what, where and why. */
  readonly message: string;
  /** References that stood in the way. */
  readonly failures?: readonly { readonly reference?: string; readonly reason: string }[];
  /** Every reference that was asked for, as far as the plan was read. */
  readonly references?: readonly string[];
}

/** Connections that were closed before there was a request. Told once for many of one address. */
export interface ConnectionsRefusedEvent {
  readonly remoteAddress: string;
  /** `too-many-connections`, `broken-tls`, `malformed-http`, `slow-head`, `slow-reader`, … */
  readonly reason: string;
  readonly connections: number;
}

/** A question to the API server, for metrics. */
export interface ClusterAskedEvent {
  readonly what: "token-review" | "pod" | "token-request";
  readonly outcome: "ok" | "refused" | "failed";
  readonly durationMs: number;
}

declare module "@sluice/core" {
  interface SluiceEvents {
    "environment-released": EnvironmentReleasedEvent;
    "environment-refused": EnvironmentRefusedEvent;
    "connections-refused": ConnectionsRefusedEvent;
    "cluster-asked": ClusterAskedEvent;
  }
}
