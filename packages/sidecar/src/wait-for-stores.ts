import { type EventBus, ResolutionError, SluiceError } from "@sluice/core";
import { pause } from "./util/pause.js";

/** Bounds of a random pause, in milliseconds: the longest doubles with each try. */
const BACK_OFF = { first: 500, most: 5_000 } as const;

export interface Waiting {
  /** How long to go on trying, in milliseconds. */
  readonly waitMs: number;
  readonly events: EventBus;
  readonly signal: AbortSignal;
}

/**
 * Tries until it succeeds, as long as what fails may pass: with full jitter, so that a thousand who wait for the same
 * store do not come at once when it is back.
 *
 * @throws what the last try threw.
 */
export async function waitForStores(
  attempt: () => Promise<void>,
  { waitMs, events, signal }: Waiting,
): Promise<void> {
  // Not the clock, which may be set meanwhile.
  const end = performance.now() + waitMs;
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (thrown) {
      signal.throwIfAborted();
      if (!isPassing(thrown) || performance.now() >= end) throw thrown;
      const files = ResolutionError.isInstance(thrown) ? thrown.failures.map(({ label }) => label) : [];
      events.emit("files-not-written", { files, problem: thrown.problem });
    }
    const most = Math.min(BACK_OFF.most, BACK_OFF.first * 2 ** tries, Math.max(0, end - performance.now()));
    await pause(Math.random() * most, signal);
  }
}

/** Whether everything that failed may be had later. */
function isPassing(thrown: unknown): thrown is SluiceError {
  if (ResolutionError.isInstance(thrown))
    return thrown.failures.every(({ status }) => status === "unavailable" || status === "throttled");
  return SluiceError.isInstance(thrown) && (thrown.kind === "unavailable" || thrown.kind === "deadline");
}
