import type { Finding } from "./finding.js";

/** Beyond this a token may be refused, in milliseconds: common tolerances are one to five minutes. */
const WARN_MS = 30_000;
const FAIL_MS = 300_000;

/** Compares a store's clock with ours. Both in milliseconds since the epoch. */
export function examineClock(store: string, storeTime: number, now: number): Finding {
  const skewMs = Math.abs(storeTime - now);
  const seconds = Math.round(skewMs / 1000);
  if (skewMs <= WARN_MS)
    return { store, aspect: "clock", status: "ok", message: `differs by ${seconds} s from ours` };
  return {
    store,
    aspect: "clock",
    status: skewMs > FAIL_MS ? "failed" : "warning",
    message: `our clock is ${seconds} s ${storeTime > now ? "behind" : "ahead of"} the store's`,
    remedy: "Synchronise the clock of this machine (NTP); tokens are refused when clocks differ",
    kind: "unavailable",
  };
}
