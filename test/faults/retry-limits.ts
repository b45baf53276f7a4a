import type { RetryOptions } from "@sluice/core";

/** The resolver's defaults, but faster: as many tries, in less time, though in enough for a busy machine. */
export const RETRY: Required<RetryOptions> = {
  attempts: 4,
  attemptTimeoutMs: 2500,
  baseDelayMs: 20,
  maxDelayMs: 100,
};

/** Time for a whole request: all tries fit in. */
export const TIMEOUT_MS = 12_000;

/** How much later than that a request may settle on a busy machine. */
export const MARGIN_MS = 2000;
