import { timedOut } from "../errors/no-answer.js";

/**
 * What `work` comes to. Rejects with the signal's reason as soon as that aborts, and with a
 * {@link KubernetesError} when `timeoutMs` are over, whatever the work does; it is told by its own signal.
 */
export async function within<Result>(
  signal: AbortSignal,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const inner = new AbortController();
  const stopped = Promise.withResolvers<never>();
  const stop = (reason: unknown): void => {
    stopped.reject(reason);
    inner.abort(reason);
  };
  const abort = (): void => stop(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(() => stop(timedOut(timeoutMs)), timeoutMs);
  try {
    return await Promise.race([work(inner.signal), stopped.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
