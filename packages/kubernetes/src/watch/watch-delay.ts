const FIRST_MS = 200;
const LONGEST_MS = 10_000;

/** Milliseconds before the next try after `failures` in a row: doubling, half of it by chance. */
export function watchDelay(failures: number, random: () => number = Math.random): number {
  if (failures === 0) return 0;
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return longest * (0.5 + random() / 2);
}
