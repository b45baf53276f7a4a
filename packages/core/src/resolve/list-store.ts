import { INCOMPLETE_REASON } from "../errors/failure-kind.js";
import { StoreError } from "../errors/store-error.js";
import type { EventBus } from "../events/event-bus.js";
import { identityName } from "../provider/identity.js";
import type { ListedSecret, ListQuery } from "../provider/list.js";
import type { Failure } from "../provider/secret-outcome.js";
import { iterateUnlessAborted } from "../util/unless-aborted.js";
import { capable } from "./capable.js";
import { DEADLINE_FAILURE, failureOfThrown } from "./failure-of-thrown.js";
import type { Call } from "./open-call.js";
import type { Store } from "./store-set.js";

/**
 * What a store lists, page by page. Ends only after a listing that saw everything: whatever else it comes to is a
 * {@link StoreError}, an end without completeness too. Rejects with the caller's reason when the caller aborts.
 */
export async function* listStore(
  store: Store,
  query: Pick<ListQuery, "prefix">,
  call: Call,
  events: EventBus,
): AsyncGenerator<readonly ListedSecret[], void, undefined> {
  const { signal, trace } = call.context;
  const { store: name, definition } = store.handle;
  const startedAt = performance.now();
  let [pages, items, complete] = [0, 0, false];
  try {
    const listing = capable(store, "list", call.identity).list(query, call.context);
    for await (const page of iterateUnlessAborted(signal, listing)) {
      pages += 1;
      items += page.items.length;
      ({ complete } = page);
      yield page.items;
    }
    if (!complete) throw new StoreError(name, INCOMPLETE);
  } catch (thrown) {
    complete = false;
    call.scope.throwIfCancelled();
    throw new StoreError(name, signal.aborted ? DEADLINE_FAILURE : failureOfThrown(thrown));
  } finally {
    events.emit("store-listed", {
      store: name,
      provider: definition.provider,
      identity: identityName(call.identity),
      pages,
      items,
      complete,
      durationMs: performance.now() - startedAt,
      traceId: trace.id,
    });
  }
}

const INCOMPLETE: Failure = {
  status: "unavailable",
  reason: INCOMPLETE_REASON,
  message: "could not be listed completely",
  remedy: "Give its identity the right to list everything, or list less with a prefix",
};
