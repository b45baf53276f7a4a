import { StoreError } from "../errors/store-error.js";
import type { EventBus } from "../events/event-bus.js";
import { type Identity, SELF } from "../provider/identity.js";
import { formatReference } from "../reference/format-reference.js";
import { parseReference } from "../reference/parse-reference.js";
import type { SecretReference } from "../reference/secret-reference.js";
import { lacksDelegation } from "./capable.js";
import type { ReferenceInput, ReferenceOutcome } from "./reference-outcome.js";
import { ReferenceObserver } from "./reference-observer.js";
import type { RequestOptions } from "./resolver-options.js";
import type { SecretChange, WatchOptions } from "./secret-change.js";
import type { References } from "./secret-resolver.js";
import type { StoreSet } from "./store-set.js";
import { WakeUpQueue } from "./wake-up-queue.js";
import { watchStore } from "./watch-store.js";

const POLL_INTERVAL_MS = 30_000;

export interface WatchDependencies {
  readonly stores: StoreSet;
  readonly events: EventBus;
  /** Ends every watch when it aborts. */
  readonly closed: AbortSignal;
  readonly settle: (
    references: Readonly<Record<string, ReferenceInput>>,
    request: RequestOptions,
  ) => Promise<(readonly [label: string, outcome: ReferenceOutcome])[]>;
}

/**
 * Yields a change for every reference whose value differs from the last one seen, the first being that at
 * the first `next()`. A value is gone only on its store's own word; while a store does not answer, or refuses,
 * the last value stands. Throws for a malformed reference, an unknown store, a store that cannot act for the
 * identity, and a disposed resolver.
 */
export function watchReferences({ stores, events, closed, settle }: WatchDependencies) {
  return (references: References<string>, options: WatchOptions = {}): AsyncIterable<SecretChange> => ({
    [Symbol.asyncIterator]: () => {
      const over = new AbortController();
      const changes = follow(references, options, over);
      return {
        next: () => changes.next(),
        // A generator's own return would first wait for the change that a pending next() waits for.
        return: () => {
          over.abort();
          return changes.return();
        },
      };
    },
  });

  async function* follow(
    references: References<string>,
    { signal, pollIntervalMs = POLL_INTERVAL_MS, ...request }: WatchOptions,
    over: AbortController,
  ): AsyncGenerator<SecretChange, void, undefined> {
    closed.throwIfAborted();
    const { identity = SELF } = request;
    const wanted = parseAll(references, identity);
    const until = AbortSignal.any([closed, over.signal, ...(signal ? [signal] : [])]);
    const queue = new WakeUpQueue();
    const wake = (labels: Iterable<string>): void => queue.push(labels);
    const observer = new ReferenceObserver({
      references: wanted,
      settle: (looked) => settle(looked, { ...request, signal: until, fresh: true }),
      wake,
      signal: until,
    });
    try {
      await observer.look(wanted.keys());
      for (const [name, entries] of Map.groupBy(wanted, ([, { store }]) => store)) {
        const watched = { store: stores.get(name), references: new Map(entries) };
        void watchStore({ ...watched, identity, pollIntervalMs, signal: until, wake });
      }
      for (;;)
        for (const change of await observer.look(await queue.take(until))) {
          tell(change, wanted.get(change.label)?.store ?? "");
          yield change;
        }
    } catch (thrown) {
      // The caller, or disposal, ended it: that is how a watch ends.
      if (!until.aborted) throw thrown;
    } finally {
      over.abort();
    }
  }

  function tell({ reference, kind, version }: SecretChange, store: string): void {
    events.emit("secret-changed", { reference, store, kind, ...(version !== undefined && { version }) });
  }

  function parseAll(references: References<string>, identity: Identity): Map<string, SecretReference> {
    return new Map(
      Object.entries<ReferenceInput>(references).map(([label, input]) => {
        const reference = parseReference(typeof input === "string" ? input : formatReference(input));
        const lacking = lacksDelegation(stores.get(reference.store), identity);
        if (lacking !== undefined) throw new StoreError(reference.store, lacking);
        return [label, reference];
      }),
    );
  }
}
