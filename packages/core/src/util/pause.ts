import { timerDelay } from "./timer-delay.js";
import { unlessAborted } from "./unless-aborted.js";

/** Waits for `ms` milliseconds; rejects with the signal's reason as soon as that aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, timerDelay(ms));
  try {
    await unlessAborted(signal, over.promise);
  } finally {
    clearTimeout(timer);
  }
}
