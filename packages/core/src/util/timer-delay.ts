/** Most milliseconds a timer takes; what is longer fires at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** `ms` as a timer takes it: `Infinity` and whatever else is too long become the longest, some 25 days. */
export function timerDelay(ms: number): number {
  return Math.min(ms, MAX_DELAY_MS);
}
