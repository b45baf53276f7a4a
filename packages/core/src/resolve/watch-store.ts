import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Identity } from "../provider/identity.js";
import type { WatchEvent } from "../provider/watch.js";
import type { SecretReference } from "../reference/secret-reference.js";
import { DEFAULTS } from "./resolver-options.js";
import { retryDelay } from "./retry-delay.js";
import type { Store } from "./store-set.js";

export interface StoreWatch {
  readonly store: Store;
  /** What is watched in this store, by label. */
  readonly references: ReadonlyMap<string, SecretReference>;
  readonly identity: Identity;
  readonly pollIntervalMs: number;
  readonly signal: AbortSignal;
  /** Called with the labels that may have another value now. */
  readonly wake: (labels: Iterable<string>) => void;
}

/**
 * Reports what may have changed in one store until the signal aborts: by its provider's watch, or by time
 * where it has none. A watch that ends or fails is started again, and everything is looked at once more.
 */
export async function watchStore(watch: StoreWatch): Promise<void> {
  const { signal, references } = watch;
  const everything = Array.from(references.keys());
  try {
    for (let failures = 0; ; failures += 1) {
      try {
        // Every event proves that the watch works.
        await followEvents(watch, () => (failures = 0));
      } catch {
        // Whatever it was, the remedy is to begin anew; reading tells the caller what is wrong.
        signal.throwIfAborted();
      }
      await sleep(retryDelay(Math.min(failures + 1, 10), 0, DEFAULTS.retry), undefined, { signal });
      watch.wake(everything);
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

async function followEvents({ store, references, ...watch }: StoreWatch, onEvent: () => void): Promise<void> {
  const { provider, definition } = store.handle;
  const { signal, identity } = watch;
  if (definition.capabilities.watch !== true || provider.watch === undefined) {
    // Spread over a fifth of the interval, so that a thousand watchers do not ask in the same second.
    await sleep(watch.pollIntervalMs * (0.9 + Math.random() / 5), undefined, { signal });
    onEvent();
    return;
  }
  const paths = Array.from(new Set(Array.from(references.values(), ({ path }) => path)));
  const context = { signal, deadline: Infinity, identity, trace: { id: randomUUID() } };
  for await (const event of provider.watch({ paths }, context)) {
    onEvent();
    watch.wake(labelsOf(event, references));
  }
}

function labelsOf(event: WatchEvent, references: ReadonlyMap<string, SecretReference>): string[] {
  const concerned = Array.from(references).filter(
    ([, { path }]) => event.kind === "resync" || event.path === path,
  );
  return concerned.map(([label]) => label);
}
