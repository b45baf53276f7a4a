import type { RetryOptions } from "./resolver-options.js";

/**
 * How long to pause before try `attempt + 1`, in milliseconds: exponential back-off with full jitter, on top
 * of what the store asked for.
 *
 * @param attempt the try that failed; 1 for the first
 * @param random from 0 up to 1
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function retryDelay(
  attempt: number,
  retryAfterMs: number | undefined,
  { baseDelayMs, maxDelayMs }: Required<Pick<RetryOptions, "baseDelayMs" | "maxDelayMs">>,
  random: number = Math.random(),
): number {
  const bound = Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
  return Math.round((retryAfterMs ?? 0) + random * bound);
}
