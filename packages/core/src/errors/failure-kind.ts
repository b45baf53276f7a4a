import type { Failure } from "../provider/secret-outcome.js";
import type { ErrorKind } from "./sluice-error.js";

/** The sort of error a store's failure is. */
export function failureKind(failure: Pick<Failure, "status" | "reason">): ErrorKind {
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
