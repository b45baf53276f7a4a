import { timerDelay } from "../util/timer-delay.js";

/** The result of {@link boundedAttempt} when the attempt took too long. */
export const TIMED_OUT: unique symbol = Symbol("timed out");

/**
 * Runs one attempt under a signal that aborts with `signal` and after `timeoutMs`. Returns when the attempt
 * does, and also when it ignores its signal: a provider that hangs must not hold its place for ever.
 */
export async function boundedAttempt<Result>(
  signal: AbortSignal,
  timeoutMs: number,
  attempt: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | typeof TIMED_OUT> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const stopped = Promise.withResolvers<typeof TIMED_OUT>();
  const abort = (): void => {
    controller.abort(signal.reason);
    stopped.reject(signal.reason);
  };
  signal.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(() => {
    controller.abort(new DOMException("The attempt took too long", "TimeoutError"));
    stopped.resolve(TIMED_OUT);
  }, timerDelay(timeoutMs));
  try {
    return await Promise.race([attempt(controller.signal), stopped.promise]);
  } catch (thrown) {
    // An attempt that fails because it was timed out says so in its own words.
    if (controller.signal.aborted && !signal.aborted) return TIMED_OUT;
    throw thrown;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
