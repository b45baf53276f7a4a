import type { ProviderContext } from "@sluice/core";
import { namedError } from "../failure/named-error.js";

/** Longest that one call to AWS may take, whatever its caller allows, in milliseconds. */
const LONGEST_MS = 30_000;

/**
 * The work's result. Rejects with the signal's reason as soon as that aborts, and with a `TimeoutError` at the
 * deadline; the work is told by the signal it is given, and ends unheard.
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
  const late = (): void => end(namedError("TimeoutError", "AWS did not answer in time"));
  const timer = setTimeout(late, Math.max(1, Math.min(deadline - Date.now(), LONGEST_MS)));
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work(stop.signal), ended.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
