import { StoreError } from "../errors/store-error.js";
import type { EventBus } from "../events/event-bus.js";
import { type Identity, SELF } from "../provider/identity.js";
import { formatReference } from "../reference/format-reference.js";
import { parseReference } from "../reference/parse-reference.js";
import type { SecretReference } from "../reference/secret-reference.js";
import { lacksDelegation } from "./capable.js";
import { followStore } from "./follow-store.js";
import { HandOver } from "./hand-over.js";
import { listStore } from "./list-store.js";
import type { OpenCall } from "./open-call.js";
import type { ReferenceInput, ReferenceOutcome } from "./reference-outcome.js";
import { DEFAULTS, type RequestOptions } from "./resolver-options.js";
import type { SecretChange, WatchOptions } from "./secret-change.js";
import type { References } from "./secret-resolver.js";
import type { StoreSet } from "./store-set.js";

const POLL_INTERVAL_MS = 30_000;

export interface WatchDependencies {
  readonly stores: StoreSet;
  readonly events: EventBus;
  /** Ends every watch when it aborts. */
  readonly closed: AbortSignal;
  readonly openCall: OpenCall;
  readonly settle: (
    references: Readonly<Record<string, ReferenceInput>>,
    request: RequestOptions,
  ) => Promise<(readonly [label: string, outcome: ReferenceOutcome])[]>;
}

/**
 * Yields a change for every reference whose value differs from the last one seen, the first being the one
 * that is known, else that at the first `next()`. A value is gone only on its store's own word; while a store does not answer, or refuses,
 * the last value stands. Throws for a malformed reference, an unknown store, a store that cannot act for the
 * identity, and a disposed resolver.
 */
export function watchReferences({ stores, events, closed, settle, openCall }: WatchDependencies) {
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
    { signal, pollIntervalMs = POLL_INTERVAL_MS, known = {}, ...request }: WatchOptions,
    over: AbortController,
  ): AsyncGenerator<SecretChange, void, undefined> {
    closed.throwIfAborted();
    const { identity = SELF } = request;
    const wanted = parseAll(references, identity);
    const until = AbortSignal.any([closed, over.signal, ...(signal ? [signal] : [])]);
    const changes = new HandOver<SecretChange>();
    const timeoutMs = Math.max(DEFAULTS.timeoutMs, pollIntervalMs);
    for (const [name, entries] of Map.groupBy(wanted, ([, { store }]) => store))
      // Each by itself: one that does not answer keeps nobody waiting for the others.
      followStore({
        store: stores.get(name),
        references: new Map(entries),
        known: new Map(Object.entries<ReferenceOutcome>(known)),
        identity,
        pollIntervalMs,
        events,
        signal: until,
        settle: (looked) => settle(looked, { ...request, signal: until, fresh: true }),
        list: async function* (store, prefix) {
          using call = openCall({ ...request, signal: until, timeoutMs });
          yield* listStore(store, prefix === "" ? {} : { prefix }, call, events);
        },
        deliver: async (change) => {
          tell(change, name);
          await changes.give(change, until);
        },
      }).catch((thrown: unknown) => changes.fail(thrown));
    try {
      for (;;) yield await changes.take(until);
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
