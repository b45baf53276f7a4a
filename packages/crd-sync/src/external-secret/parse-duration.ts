const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** The longest that Go writes has 24 characters. */
export const LONGEST_DURATION = 64;

/** Milliseconds of a duration as Go writes it, such as `1h30m`; `undefined` for what is none, negative, or too long. */
export function parseDuration(text: string): number | undefined {
  if (text.length > LONGEST_DURATION) return undefined;
  if (text === "0" || text === "+0") return 0;
  // Each part begins where the one before ends: nothing is looked at twice.
  const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
  part.lastIndex = text.startsWith("+") ? 1 : 0;
  if (part.lastIndex === text.length) return undefined;
  let sum = 0;
  while (part.lastIndex < text.length) {
    const [, count = "", unit = ""] = part.exec(text) ?? [];
    if (unit === "") return undefined;
    sum += Number(count) * (UNITS[unit] ?? 0);
  }
  return sum;
}
