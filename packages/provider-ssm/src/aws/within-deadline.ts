import { DEADLINE_REASON, type ProviderContext } from "@sluice/core";
import { namedError } from "../failure/named-error.js";

/** Longest that one call to AWS may take, whatever its caller allows, in milliseconds. */
const LONGEST_MS = 30_000;

/**
 * The work's result. Rejects with the signal's reason as soon as that aborts, with an error named by
 * `DEADLINE_REASON` at the deadline, and with a `TimeoutError` when it takes longest; the work is told by the signal it
 * is given, and ends unheard.
 */
export async function withinDeadline<Result>(
  { signal, deadline }: Pick<ProviderContext, "signal" | "deadline">,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const ended = Promise.withResolvers<never>();
  const end = (reason: unknown): void => {
    ended.reject(reason);
    stop.abort(reason);
  };
  const abort = (): void => end(signal.reason);
  const leftMs = deadline - Date.now();
  // The resolver's own clock may strike later: whichever does first, the caller's time is over.
  const name = leftMs <= LONGEST_MS ? DEADLINE_REASON : "TimeoutError";
  const late = (): void => end(namedError(name, "AWS did not answer in time"));
  const timer = setTimeout(late, Math.max(1, Math.min(leftMs, LONGEST_MS)));
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work(stop.signal), ended.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
