const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** JSON Schema of a duration: `250ms`, `30s`, `5m`, `1h`, or a number of milliseconds. */
export const DURATION_PATTERN = "^[0-9]+(ms|s|m|h)$";

/** Milliseconds of `30s`, `5m`, `250ms`, `1h` or a number of milliseconds; `undefined` for anything else. */
export function parseDuration(duration: string | number): number | undefined {
  const match = /^([0-9]+)(ms|s|m|h)?$/.exec(String(duration));
  if (match === null) return undefined;
  const milliseconds = Number(match[1]) * UNITS[(match[2] ?? "ms") as keyof typeof UNITS];
  return Number.isSafeInteger(milliseconds) ? milliseconds : undefined;
}
