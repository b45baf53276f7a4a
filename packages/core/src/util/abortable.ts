import { unlessAborted } from "./unless-aborted.js";

/**
 * The work's result, or a rejection with the signal's reason as soon as it aborts; the work then ends unheard.
 * With a signal that has aborted before, the work is not begun.
 */
export async function abortable<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  signal.throwIfAborted();
  return unlessAborted(signal, work());
}
