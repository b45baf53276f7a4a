import { setInterval as every } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

/** Files in a ConfigMap's volume are replaced as a whole folder, which file watching misses: so they are looked at. */
const POLL_MS = 5_000;

/**
 * Reads settings again every so often and on SIGHUP, and tells of those that differ.
 *
 * @param comparable - What of them is data.
 */
export function followSettings<Settings>(
  initial: Settings,
  read: () => Promise<Settings>,
  comparable: (settings: Settings) => unknown,
  onChanged: (settings: Settings) => void,
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
