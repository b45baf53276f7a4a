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

/** Milliseconds of a duration as Go writes it, such as `1h30m`; `undefined` for what is none, or negative. */
export function parseDuration(text: string): number | undefined {
  if (text === "0" || text === "+0") return 0;
  const bare = text.replace(/^\+/, "");
  if (!/^(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/.test(bare)) return undefined;
  let sum = 0;
  const rest = bare.replaceAll(
    /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g,
    (_, count: string, unit: string) => {
      sum += Number(count) * (UNITS[unit] ?? 0);
      return "";
    },
  );
  return rest === "" ? sum : undefined;
}
