import { type Failure, SluiceError, thrownName } from "@sluice/core";
import { isPassing, KubernetesError } from "@sluice/kubernetes";
import type { SyncReason } from "./sync-report.js";

/**
 * Who finds out that it may go differently: `cluster`, the next try, after a pause that grows; `store`, the next look
 * at the store; `change`, somebody has to change something, and that is seen; or a try at a time, in milliseconds
 * since the epoch.
 */
export type NextTry = "cluster" | "store" | "change" | { readonly at: number };

/** A sync cannot be done now. Its message is for people, and holds no value. */
export class SyncFailure extends Error {
  override readonly name = "SyncFailure";

  constructor(
    readonly reason: SyncReason,
    message: string,
    readonly nextTry: NextTry = "change",
  ) {
    super(message);
  }
}

const REASONS: Readonly<Record<Failure["status"], SyncReason>> = {
  "not-found": "NotFound",
  denied: "Denied",
  invalid: "InvalidSecret",
  disabled: "Disabled",
  expired: "Expired",
  throttled: "Throttled",
  unavailable: "Unavailable",
  conflict: "Unavailable",
  unsupported: "Unsupported",
};

/** What a store answered about a reference, or a listing, as a failure of a sync. */
export function failureOfStore(what: string, failure: Failure): SyncFailure {
  const { status, reason, message = `is ${status} (${reason})`, remedy } = failure;
  const text = `${what} ${message}${remedy === undefined ? "" : `. ${remedy}`}`;
  return new SyncFailure(REASONS[status], text, "store");
}

/** Whatever was thrown, as a failure of a sync. A foreign error's message is dropped, for it may quote. */
export function failureOfThrown(thrown: unknown): SyncFailure {
  if (thrown instanceof SyncFailure) return thrown;
  if (KubernetesError.isInstance(thrown)) return failureOfCluster(thrown);
  if (SluiceError.isInstance(thrown)) return new SyncFailure("Failed", thrown.message, "cluster");
  return new SyncFailure("Failed", `An error of the controller (${thrownName(thrown)})`, "cluster");
}

function failureOfCluster(error: KubernetesError): SyncFailure {
  if (isPassing(error)) return new SyncFailure("ClusterUnavailable", error.message, "cluster");
  switch (error.status) {
    case 403:
      return new SyncFailure(
        "Forbidden",
        `${error.message}. Let the controller write here, see docs/sync.md`,
        "cluster",
      );
    case 409:
      return new SyncFailure("Conflict", error.message, "cluster");
    default:
      return new SyncFailure(
        "Rejected",
        `${error.message}: the object is not as its kind must be`,
        "cluster",
      );
  }
}
