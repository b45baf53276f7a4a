import { setTimeout as sleep } from "node:timers/promises";
import type { EventBus } from "../events/event-bus.js";
import { SELF } from "../provider/identity.js";
import { formatReference } from "../reference/format-reference.js";
import { parseReference } from "../reference/parse-reference.js";
import type { SecretReference } from "../reference/secret-reference.js";
import type { ReferenceInput, ReferenceOutcome, ResolvedReference } from "./reference-outcome.js";
import type { RequestOptions } from "./resolver-options.js";
import type { SecretChange, WatchOptions } from "./secret-change.js";
import type { References } from "./secret-resolver.js";
import type { StoreSet } from "./store-set.js";
import { WakeUpQueue } from "./wake-up-queue.js";
import { watchStore } from "./watch-store.js";

const POLL_INTERVAL_MS = 30_000;
/** Pause before a reference whose store did not answer is looked at again, in milliseconds. */
const LOOK_AGAIN_MS = 5_000;

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
 * the last value stands. Throws for a malformed reference and an unknown store.
 */
export function watchReferences({ stores, events, closed, settle }: WatchDependencies) {
  return async function* watch(
    references: References<string>,
    { signal, pollIntervalMs = POLL_INTERVAL_MS, ...request }: WatchOptions = {},
  ): AsyncGenerator<SecretChange, void, undefined> {
    const inputs = parseAll(references);
    const over = new AbortController();
    const until = AbortSignal.any([closed, over.signal, ...(signal ? [signal] : [])]);
    const options = { ...request, signal: until, fresh: true };
    const queue = new WakeUpQueue();

    const last = new Map<string, ResolvedReference>();
    const look = async (labels: Iterable<string>): Promise<SecretChange[]> => {
      const wanted = Object.fromEntries(
        Array.from(labels, (label) => [label, inputs.get(label) as SecretReference]),
      );
      const changes: SecretChange[] = [];
      for (const [label, outcome] of await settle(wanted, options)) {
        const change = compare(label, last.get(label), outcome);
        if (outcome.status === "found") last.set(label, outcome);
        else if (outcome.status === "not-found") last.delete(label);
        else if (outcome.status === "unavailable" || outcome.status === "throttled")
          sleep(LOOK_AGAIN_MS, undefined, { signal: until }).then(
            () => queue.push([label]),
            () => undefined,
          );
        if (change !== undefined) changes.push(change);
      }
      return changes;
    };

    try {
      await look(inputs.keys());
      const watches = Map.groupBy(inputs, ([, { store }]) => store);
      for (const [name, entries] of watches)
        void watchStore({
          store: stores.get(name),
          references: new Map(entries),
          identity: request.identity ?? SELF,
          pollIntervalMs,
          signal: until,
          wake: (labels) => queue.push(labels),
        });
      for (;;)
        for (const change of await look(await queue.take(until))) {
          const { reference, kind, version } = change;
          const { store } = parseReference(reference);
          events.emit("secret-changed", {
            reference,
            store,
            kind,
            ...(version !== undefined && { version }),
          });
          yield change;
        }
    } catch (thrown) {
      // The caller, or disposal, ended it: that is how a watch ends.
      if (!until.aborted) throw thrown;
    } finally {
      over.abort();
    }
  };

  function parseAll(references: References<string>): Map<string, SecretReference> {
    return new Map(
      Object.entries<ReferenceInput>(references).map(([label, input]) => {
        const reference = parseReference(typeof input === "string" ? input : formatReference(input));
        stores.get(reference.store);
        return [label, reference];
      }),
    );
  }
}

function compare(
  label: string,
  before: ResolvedReference | undefined,
  outcome: ReferenceOutcome,
): SecretChange | undefined {
  const { reference } = outcome;
  if (outcome.status === "not-found" && before !== undefined) return { label, reference, kind: "deleted" };
  if (outcome.status !== "found" || before?.value.equals(outcome.value)) return undefined;
  const { value, version } = outcome;
  return { label, reference, kind: "changed", value, ...(version !== undefined && { version }) };
}
