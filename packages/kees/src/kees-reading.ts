import type { FailedReference, RequestOptions } from "@sluice/core";
import type { SecretReader } from "@sluice/files";

/** What values are read with. */
export interface KeesReading {
  readonly reader: SecretReader;
  /** Name of the store that kees' paths are in. */
  readonly store: string;
  /** Where the store holds named fields: the name of the one that has the value. */
  readonly key?: string;
  /** Name of this pod; leases need it. */
  readonly podName?: string;
  readonly request?: Omit<RequestOptions, "signal">;
  readonly signal?: AbortSignal;
}

/** Leases go by the pod's name. */
export function noPodName(name: string): FailedReference {
  return {
    reference: name,
    status: "invalid",
    reason: "pod-name",
    message: "is a lease, and POD_NAME is not set",
    remedy: "Set POD_NAME in the init container, from the field metadata.name",
  };
}

/** What each reading is asked for with. */
export function requestOf({ request, signal }: KeesReading): RequestOptions {
  return { ...request, ...(signal !== undefined && { signal }) };
}
