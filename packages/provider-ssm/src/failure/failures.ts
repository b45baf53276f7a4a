import type { Failure } from "@sluice/core";

/** AWS says that there is no such secret, or no such version of it. */
export const NOT_THERE: Failure = { status: "not-found", reason: "absent", message: "is not there" };

/** AWS answered, and said nothing about this one. */
export const NOT_ANSWERED: Failure = {
  status: "unavailable",
  reason: "not-answered",
  message: "was left out of AWS's answer",
};

/** AWS has it without a value. */
export const WITHOUT_VALUE: Failure = {
  status: "invalid",
  reason: "no-value",
  message: "has no value",
};

/** AWS cannot delete or write one version only. */
export const NO_CONDITION: Failure = {
  status: "unsupported",
  reason: "if-version",
  message: "cannot be changed at one version only: AWS cannot compare",
};

/** The value is empty, which AWS does not take. */
export const EMPTY: Failure = {
  status: "invalid",
  reason: "empty-value",
  message: "cannot be written: AWS holds no empty value",
};

/** Whether this is a failure rather than an answer. */
export function isFailure(answer: object): answer is Failure {
  return "reason" in answer;
}
