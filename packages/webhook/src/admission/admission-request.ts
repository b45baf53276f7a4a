/** What the API server asks, as far as it is looked at; admission.k8s.io/v1. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: string;
  /** `pods`, or `pods/ephemeralcontainers`. */
  readonly resource: string;
  /** API group of the resource; empty for the core one. */
  readonly group: string;
  readonly namespace: string;
  /** Nothing may be changed anywhere on its account. */
  readonly dryRun: boolean;
  readonly object: unknown;
  /** As it is stored, of an update. */
  readonly oldObject: unknown;
}

/** A request that is none, and what is wrong with it. */
export interface MalformedRequest {
  /** Where it could be told. */
  readonly uid?: string;
  readonly problem: string;
}
