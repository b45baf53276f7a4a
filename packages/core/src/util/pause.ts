import { timerDelay } from "./timer-delay.js";
import { unlessAborted } from "./unless-aborted.js";

/**
 * Waits for `ms` milliseconds; rejects with the signal's reason as soon as that aborts.
 *
 * @param ref `false` to let the process end meanwhile
 */
export async function pause(
  ms: number,
  signal: AbortSignal,
  { ref = true }: { readonly ref?: boolean } = {},
): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, timerDelay(ms));
  if (!ref) timer.unref();
  try {
    await unlessAborted(signal, over.promise);
  } finally {
    clearTimeout(timer);
  }
}
