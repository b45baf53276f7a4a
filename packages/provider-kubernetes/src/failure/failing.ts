import type { Failure } from "@sluice/core";
import { failureOf } from "./failure-of.js";

/** What `work` comes to, or why it failed; rejects only when the signal aborts, with its reason. */
export async function failing<Result>(
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result | Failure> {
  signal.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(error);
  }
}

/** Whether it is a failure, not a result. */
export function isFailure(value: object): value is Failure {
  return "reason" in value && "status" in value;
}
