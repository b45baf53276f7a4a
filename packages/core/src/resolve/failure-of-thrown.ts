import { DEADLINE_REASON } from "../errors/failure-kind.js";
import { SluiceError } from "../errors/sluice-error.js";
import { StoreError } from "../errors/store-error.js";
import type { Failure } from "../provider/secret-outcome.js";
import { thrownName } from "../util/thrown-name.js";
import { checkFailure } from "./check-outcomes.js";

/** What a provider's call that threw says of what was asked. Of a foreign error only its code or class is kept. */
export function failureOfThrown(thrown: unknown): Failure {
  if (StoreError.isInstance(thrown)) return checkFailure(thrown.failure);
  if (SluiceError.isInstance(thrown))
    return {
      status: "invalid",
      reason: thrown.code,
      message: `failed: ${thrown.problem}`,
      remedy: thrown.remedy,
    };
  const name = thrownName(thrown);
  return {
    status: "unavailable",
    reason: name,
    message: `failed in the store's provider (${name})`,
    remedy: "Check that the store can be reached",
  };
}

/** Time ran out before there was an answer. */
export const DEADLINE_FAILURE: Failure = {
  status: "unavailable",
  reason: DEADLINE_REASON,
  message: "was not answered in time",
  remedy: "Check that the store can be reached, or allow more time",
};

/** Whether the store gave no answer: it may give one later. */
export function isPassing({ status }: Failure): boolean {
  return status === "unavailable" || status === "throttled";
}
