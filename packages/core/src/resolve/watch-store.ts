import { randomUUID } from "node:crypto";
import type { Identity } from "../provider/identity.js";
import type { SecretReference } from "../reference/secret-reference.js";
import { pause } from "../util/pause.js";
import { iterateUnlessAborted } from "../util/unless-aborted.js";
import { capable } from "./capable.js";
import type { StorePoll } from "./poll-store.js";
import { DEFAULTS } from "./resolver-options.js";
import { retryDelay } from "./retry-delay.js";
import type { Store } from "./store-set.js";

export interface TimedPoll {
  readonly pollIntervalMs: number;
  /** One look. */
  readonly poll: StorePoll;
  readonly signal: AbortSignal;
}

export interface StoreWatch extends TimedPoll {
  readonly store: Store;
  /** What is watched in this store, by label. */
  readonly references: ReadonlyMap<string, SecretReference>;
  readonly identity: Identity;
  /** Called with the labels that may have another value now. */
  readonly wake: (labels: Iterable<string>) => void;
}

/**
 * Reports what may have changed in one store until the signal aborts, which it rejects with: by its provider's
 * watch, or by time where it has none.
 */
export async function watchStore(watch: StoreWatch): Promise<never> {
  const { definition } = watch.store.handle;
  return definition.capabilities.watch === true ? follow(watch) : pollByTime(watch);
}

/** Looks once an interval until the signal aborts, which it rejects with. */
export async function pollByTime({ pollIntervalMs, poll, signal }: TimedPoll): Promise<never> {
  for (;;) {
    // Spread over a fifth of the interval, so that a thousand watchers do not ask in the same second.
    await pause(pollIntervalMs * (0.9 + Math.random() / 5), signal);
    await poll(signal);
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
  poll,
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
    await poll(signal);
  }
}
