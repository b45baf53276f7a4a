/**
 * What a bound is held against: each time is spread over the interval, and a machine that has much else to do delays one
 * now and then, but hardly most of them.
 */
export function medianOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Infinity;
}
