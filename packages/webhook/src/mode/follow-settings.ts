import { setInterval as every } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { SluiceError, thrownName } from "@sluice/core";
import type { Logger } from "@sluice/service";
import type { WebhookMetrics } from "../server/webhook-metrics.js";

/** Files in a ConfigMap's volume are replaced as a whole folder, which file watching misses: so they are looked at. */
const POLL_MS = 5_000;

export interface FollowedSettings<Settings> {
  readonly initial: Settings;
  readonly read: () => Promise<Settings>;
  /** What of them is data. */
  readonly comparable: (settings: Settings) => unknown;
  /** Makes use of settings that differ; those before go on to count where it throws. */
  readonly onChanged: (settings: Settings) => void;
  readonly metrics: Pick<WebhookMetrics, "reloaded">;
  readonly log: Logger;
}

/** Reads settings again every so often and on SIGHUP, and hands on those that differ. */
export function followSettings<Settings>({
  initial,
  read,
  comparable,
  onChanged,
  metrics,
  log,
}: FollowedSettings<Settings>): Disposable {
  const stopped = new AbortController();
  let known = comparable(initial);
  let isFailing = false;

  async function look(): Promise<void> {
    try {
      const settings = await read();
      const told = comparable(settings);
      if (!isDeepStrictEqual(told, known)) {
        onChanged(settings);
        metrics.reloaded("settings", "ok");
        log.info("the settings were read again");
      }
      known = told;
      isFailing = false;
    } catch (thrown) {
      // Told once, not at every look.
      if (!isFailing) tellFailure(thrown);
      isFailing = true;
    }
  }

  function tellFailure(thrown: unknown): void {
    metrics.reloaded("settings", "failed");
    const problem = SluiceError.isInstance(thrown) ? thrown.problem : thrownName(thrown);
    log.warn({ problem }, "the settings cannot be used; those before go on to count");
  }

  const onSignal = (): void => void look();
  process.on("SIGHUP", onSignal);
  void (async () => {
    for await (const _ of every(POLL_MS, undefined, { signal: stopped.signal, ref: false })) await look();
  })().catch(() => undefined);
  return {
    [Symbol.dispose]: () => {
      stopped.abort();
      process.off("SIGHUP", onSignal);
    },
  };
}
