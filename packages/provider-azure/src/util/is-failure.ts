import { type Failure, FAILURE_STATUSES } from "@sluice/core";

/** Whether this is a failure rather than what was wanted. */
export function isFailure(result: object): result is Failure {
  return (
    "reason" in result &&
    "status" in result &&
    (FAILURE_STATUSES as readonly unknown[]).includes(result.status)
  );
}
