import { once } from "node:events";
import type { ModeContext } from "./mode-context.js";

/**
 * Aborts at the first signal to stop, or when whoever runs this command beside others stops them. A second signal ends
 * the process as it would any other. Asked for before anything takes time: as PID 1 a process hears only signals that
 * it listens to.
 */
export function stopSignal({ stopped }: Pick<ModeContext, "stopped">): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  return stopped === undefined ? stop.signal : AbortSignal.any([stop.signal, stopped]);
}

/** Resolves once it has aborted. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
