import { randomUUID } from "node:crypto";
import type { Identity } from "../provider/identity.js";
import type { SecretReference } from "../reference/secret-reference.js";
import { pause } from "../util/pause.js";
import { iterateUnlessAborted } from "../util/unless-aborted.js";
import { capable } from "./capable.js";
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
 * where it has none.
 */
export async function watchStore(watch: StoreWatch): Promise<void> {
  const { definition } = watch.store.handle;
  try {
    await (definition.capabilities.watch === true ? follow(watch) : poll(watch));
  } catch (thrown) {
    if (!watch.signal.aborted) throw thrown;
  }
}

async function poll({ references, pollIntervalMs, signal, wake }: StoreWatch): Promise<never> {
  for (;;) {
    // Spread over a fifth of the interval, so that a thousand watchers do not ask in the same second.
    await pause(pollIntervalMs * (0.9 + Math.random() / 5), signal);
    wake(references.keys());
  }
}

/** Starts the provider's watch again whenever it ends or fails: it begins with `resync` as soon as it stands. */
async function follow({
  store,
  references,
  identity,
  pollIntervalMs,
  signal,
  wake,
}: StoreWatch): Promise<never> {
  const byPath = Map.groupBy(references, ([, { path }]) => path);
  const paths = Array.from(byPath.keys());
  const context = { signal, deadline: Infinity, identity, trace: { id: randomUUID() } };
  let failures = 0;
  let lookedAt = Date.now();
  for (;;) {
    try {
      const events = capable(store, "watch", identity).watch({ paths }, context);
      for await (const event of iterateUnlessAborted(signal, events)) {
        failures = 0;
        lookedAt = Date.now();
        if (event.kind === "resync") wake(references.keys());
        else wake((byPath.get(event.path) ?? []).map(([label]) => label));
      }
    } catch {
      // Whatever it was, the remedy is to begin anew; reading tells the caller what is wrong.
      signal.throwIfAborted();
    }
    failures = Math.min(failures + 1, 10);
    await pause(retryDelay(failures, 0, DEFAULTS.retry), signal);
    // A watch that does not come to stand leaves what any store has: looking from time to time.
    if (Date.now() - lookedAt < pollIntervalMs) continue;
    lookedAt = Date.now();
    wake(references.keys());
  }
}
