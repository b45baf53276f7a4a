import { isSameStart, LATEST_MS, type ReleaseTicket } from "../release/decide-release.js";
import type { ObservedContainer } from "../release/observed-container.js";

/** The start of a container that was given something. */
export interface ServedStart {
  readonly ticket: ReleaseTicket;
  /** When, in milliseconds since the epoch. */
  readonly servedAt: number;
}

/** How far the clocks of broker and node may be apart, in milliseconds. */
const SKEW_MS = 10_000;

/**
 * Whether the start that was served then is over, by what the kubelet reports now. That lags: what was reported when it
 * was served may have been the start before. So an end counts a minute later only, and one that runs counts if it
 * began after.
 *
 * @param now milliseconds since the epoch
 */
export function isEarlierStart(
  { ticket, servedAt }: ServedStart,
  observed: ObservedContainer,
  now: number,
): boolean {
  if (isSameStart(ticket, observed)) return false;
  return observed.state === "running"
    ? (observed.startedAt ?? -Infinity) > servedAt + SKEW_MS
    : now > servedAt + LATEST_MS;
}
