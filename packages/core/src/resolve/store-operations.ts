import { StoreError } from "../errors/store-error.js";
import type { EventBus } from "../events/event-bus.js";
import type { CheckResult } from "../provider/check.js";
import type { ListedSecret, ListQuery } from "../provider/list.js";
import type { ProviderCapabilities } from "../provider/provider-capabilities.js";
import type { DeleteOutcome, DeleteRequest, PutOutcome, PutRequest } from "../provider/put.js";
import type { Failure } from "../provider/secret-outcome.js";
import { EXPIRED } from "./call-scope.js";
import { capable, lacks } from "./capable.js";
import { checkFailure } from "./check-outcomes.js";
import { DEADLINE_FAILURE, failureOfThrown } from "./failure-of-thrown.js";
import { listStore } from "./list-store.js";
import type { Call, OpenCall } from "./open-call.js";
import type { RequestOptions } from "./resolver-options.js";
import type { Store, StoreSet } from "./store-set.js";

/** The verbs besides reading. */
export interface StoreOperations {
  list(
    store: string,
    query?: Pick<ListQuery, "prefix">,
    request?: RequestOptions,
  ): AsyncIterable<ListedSecret>;
  put(store: string, request: PutRequest, options?: RequestOptions): Promise<PutOutcome>;
  delete(store: string, request: DeleteRequest, options?: RequestOptions): Promise<DeleteOutcome>;
  check(store: string, request?: RequestOptions): Promise<CheckResult>;
}

export function createStoreOperations(
  stores: StoreSet,
  openCall: OpenCall,
  events: EventBus,
): StoreOperations {
  async function* list(
    name: string,
    query: Pick<ListQuery, "prefix"> = {},
    request?: RequestOptions,
  ): AsyncGenerator<ListedSecret> {
    using call = openCall(request);
    for await (const items of listStore(stores.get(name), query, call, events)) yield* items;
  }

  async function write<Outcome extends { readonly status: string }>(
    name: string,
    options: RequestOptions | undefined,
    done: readonly Outcome["status"][],
    verb: (store: Store, call: Call) => Promise<Outcome | Failure>,
  ): Promise<Outcome | Failure> {
    using call = openCall(options);
    const store = stores.get(name);
    try {
      const outcome = await once(call, () => verb(store, call));
      return done.includes(outcome?.status) ? outcome : checkFailure(outcome as Failure);
    } finally {
      // What was written must be seen by the next read, which may not join one that began before.
      store.cache.clear();
      store.queue.seal();
    }
  }

  return {
    list,
    put: (name, request, options) =>
      write(name, options, ["created", "updated", "exists"], async (store, call) => {
        const provider = capable(store, "put", call.identity);
        return lacksCondition(store, request) ?? provider.put(request, call.context);
      }),
    delete: (name, request, options) =>
      write(name, options, ["deleted"], async (store, call) => {
        const provider = capable(store, "delete", call.identity);
        const knows = request.ifVersion === undefined || capabilitiesOf(store).delete?.ifVersion === true;
        return knows ? provider.delete(request, call.context) : lacksNamed(store, "ifVersion");
      }),
    check: async (name, request) => {
      using call = openCall(request);
      const store = stores.get(name);
      const result = await once(call, async () => capable(store, "check", call.identity).check(call.context));
      if ("status" in result) throw new StoreError(name, result);
      return result;
    },
  };
}

/** One call of a verb that is not retried: whether a write was done is not known when it fails. */
async function once<Result>(call: Call, verb: () => Promise<Result>): Promise<Result | Failure> {
  try {
    const result = await call.scope.race(verb());
    return result === EXPIRED ? DEADLINE_FAILURE : result;
  } catch (thrown) {
    call.scope.throwIfCancelled();
    return failureOfThrown(thrown);
  }
}

/** A provider that does not know a condition would write regardless of it. */
function lacksCondition(store: Store, { condition }: PutRequest): Failure | undefined {
  if (condition === undefined) return undefined;
  const { put } = capabilitiesOf(store);
  if ("ifVersion" in condition) return put?.ifVersion === true ? undefined : lacksNamed(store, "ifVersion");
  // A store that can tell for certain will do for whoever is content with less.
  const knows = put?.ifAbsent === true || put?.ifAbsent === condition.ifAbsent;
  return knows ? undefined : lacksNamed(store, "ifAbsent");
}

function lacksNamed(store: Store, condition: "ifAbsent" | "ifVersion"): Failure {
  return lacks(store, `the condition ${condition}`, "Leave the condition out");
}

function capabilitiesOf({ handle }: Store): ProviderCapabilities {
  return handle.definition.capabilities;
}
