import type { Failure, FailureStatus } from "@sluice/core";
import { ServerError } from "./memory-server.js";

const STATUSES: Readonly<Record<number, FailureStatus>> = {
  0: "unavailable",
  400: "invalid",
  403: "denied",
  404: "not-found",
  412: "conflict",
  413: "invalid",
  422: "invalid",
  423: "disabled",
  429: "throttled",
  500: "unavailable",
};

/** What a refusal of the server means; rethrows anything else. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof ServerError)) throw error;
  return {
    status: STATUSES[error.status] ?? "unavailable",
    reason: `status-${error.status}`,
    message: `is refused by the server (${error.status})`,
    remedy: "Ask whoever runs it",
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  };
}

/** The verb's answer, or the failure a refusal stands for. */
export async function orFailure<Answer>(verb: () => Promise<Answer>): Promise<Answer | Failure> {
  try {
    return await verb();
  } catch (error) {
    return failureOf(error);
  }
}
