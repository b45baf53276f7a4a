import { setTimeout as sleep } from "node:timers/promises";

/** Settles once `holds` answers true; rejects after `timeoutMs`, naming `what` was waited for. */
export async function waitUntil(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { timeoutMs = 60_000, intervalMs = 100 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}`);
    await sleep(intervalMs);
  }
}
