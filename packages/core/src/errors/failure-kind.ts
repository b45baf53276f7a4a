import type { Failure } from "../provider/secret-outcome.js";
import type { ErrorKind } from "./sluice-error.js";

/** The sort of error a store's failure is. */
export function failureKind(failure: Pick<Failure, "status"> & Partial<Pick<Failure, "reason">>): ErrorKind {
  switch (failure.status) {
    case "not-found":
      return "not-found";
    case "denied":
    case "disabled":
    case "expired":
      return "denied";
    case "throttled":
      return "deadline";
    case "unavailable":
      return failure.reason === DEADLINE_REASON ? "deadline" : "unavailable";
    case "invalid":
      return failure.reason === CONTRACT_REASON ? "bug" : "configuration";
    case "conflict":
    case "unsupported":
      return "configuration";
  }
}

/** Reason of `unavailable` when time ran out. */
export const DEADLINE_REASON = "deadline";

/** Reason of `invalid` when the provider broke its contract. */
export const CONTRACT_REASON = "provider-contract";

/** Reason of `unavailable` when a listing ended without having seen everything. */
export const INCOMPLETE_REASON = "incomplete-list";

// A fault of ours, then of the configuration, then of rights, then what is missing, then what does not answer.
const PRECEDENCE: readonly ErrorKind[] = [
  "bug",
  "configuration",
  "denied",
  "not-found",
  "unavailable",
  "deadline",
];

/** Of several failures the sort that is to be mended first; `bug` when there is none of those stores have. */
export function firstToMend(kinds: readonly ErrorKind[]): ErrorKind {
  return PRECEDENCE.find((kind) => kinds.includes(kind)) ?? "bug";
}
