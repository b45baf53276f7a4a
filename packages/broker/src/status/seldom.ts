/** Tells something, with what makes it different from the like. */
export type Tell = (details: Readonly<Record<string, string>>, message: string) => void;

/** As many different ones as are remembered. */
const MOST = 1_000;

/** Tells the same once in `everyMs` milliseconds: what is tried every second may fail for a day. */
export function seldom(everyMs: number, tell: Tell): Tell {
  const toldAt = new Map<string, number>();
  return (details, message) => {
    const key = JSON.stringify([message, details]);
    const now = Date.now();
    if (now - (toldAt.get(key) ?? -Infinity) < everyMs) return;
    if (toldAt.size >= MOST) toldAt.clear();
    toldAt.set(key, now);
    tell(details, message);
  };
}
