import { setInterval as every } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { WebhookSettings } from "./webhook-settings.js";

/** Files in a ConfigMap's volume are replaced as a whole folder, which file watching misses: so they are looked at. */
const POLL_MS = 5_000;

/** Reads the settings again every so often and on SIGHUP, and tells of those that differ. */
export function followSettings(
  initial: WebhookSettings,
  read: () => Promise<WebhookSettings>,
  onChanged: (settings: WebhookSettings) => void,
  onFailed: (thrown: unknown) => void,
): Disposable {
  const stopped = new AbortController();
  let known = comparable(initial);
  let isFailing = false;

  async function look(): Promise<void> {
    try {
      const settings = await read();
      const told = comparable(settings);
      if (!isDeepStrictEqual(told, known)) onChanged(settings);
      known = told;
      isFailing = false;
    } catch (thrown) {
      // Told once, not at every look.
      if (!isFailing) onFailed(thrown);
      isFailing = true;
    }
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

/** What comes from the file, and what comes from elsewhere: roots, the broker's place. */
function comparable({ injection, file }: WebhookSettings): unknown {
  return { injection, file };
}
