import { type Failure, retryAfterMs } from "@sluice/core";
import { CALLER_ERRORS, ruleOf } from "./error-rules.js";
import { headerOf } from "./header-of.js";

/** What is read of an error of the SDK. Its message is left alone: it may quote what was sent. */
interface SdkError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: unknown;
}

const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

/** What an error of the SDK, or of the network, means for what was asked. */
export function failureOf(error: unknown, now: number = Date.now()): Failure {
  const { $metadata, $response } = shapeOf(error);
  const failure = failureNamed(errorName(error), $metadata?.httpStatusCode);
  const retryAfter = failure.status === "throttled" ? headerOf($response, "retry-after") : undefined;
  const waitMs = retryAfterMs(retryAfter, now);
  return { ...failure, ...(waitMs !== undefined && { retryAfterMs: waitMs }) };
}

/** What an error of this name means, with the HTTP status it came with. */
export function failureNamed(name: string, status?: number): Failure {
  return { ...ruleOf(name, status), reason: name };
}

/** Name of an error, safe to show: AWS's exception, or the code of a network error. */
export function errorName(error: unknown): string {
  const { name, code, message } = shapeOf(error);
  // The SDK tells it by the message only.
  if (message === "Region is missing") return "RegionMissing";
  // A page of some proxy, most likely.
  if (name === "SyntaxError") return "unreadable-answer";
  const candidates = name === "Error" || name === "AggregateError" ? [code, name] : [name, code];
  const found = candidates.find((text): text is string => typeof text === "string" && NAME.test(text));
  return found ?? "unknown-error";
}

/** Whether the items of a batch that failed like this may fare differently when asked for one by one. */
export function mayDifferByItem({ status, reason }: Failure): boolean {
  return /^(denied|invalid|not-found)$/.test(status) && !CALLER_ERRORS.has(reason);
}

function shapeOf(error: unknown): SdkError {
  return typeof error === "object" && error !== null ? error : {};
}
