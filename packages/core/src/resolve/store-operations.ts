import type { CheckResult } from "../provider/check.js";
import type { ListedSecret, ListQuery } from "../provider/list.js";
import type { DeleteOutcome, DeleteRequest, PutOutcome, PutRequest } from "../provider/put.js";
import type { Failure } from "../provider/secret-outcome.js";
import type { SecretProvider } from "../provider/secret-provider.js";
import { StoreError } from "../errors/store-error.js";
import { boundedAttempt, TIMED_OUT } from "./bounded-attempt.js";
import { DEADLINE_FAILURE, failureOfThrown } from "./check-outcomes.js";
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

export function createStoreOperations(stores: StoreSet, openCall: OpenCall): StoreOperations {
  async function* list(
    name: string,
    query: Pick<ListQuery, "prefix"> = {},
    request?: RequestOptions,
  ): AsyncGenerator<ListedSecret> {
    const store = stores.get(name);
    using call = openCall(request);
    const provider = capable(store, "list");
    try {
      for await (const page of provider.list(query, call.context)) yield* page.items;
    } catch (thrown) {
      throw storeError(store, call, thrown);
    }
  }

  /** One bounded call of a verb that is not retried: whether a write was done is not known when it fails. */
  async function once<Result>(
    store: Store,
    request: RequestOptions | undefined,
    verb: (call: Call, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result | Failure> {
    using call = openCall(request);
    try {
      const remaining = call.scope.deadline - Date.now();
      const result = await boundedAttempt(call.scope.signal, remaining, (signal) => verb(call, signal));
      return result === TIMED_OUT ? DEADLINE_FAILURE : result;
    } catch (thrown) {
      call.scope.throwIfCancelled();
      return failureOfThrown(thrown);
    } finally {
      // What was written must be seen by the next read.
      store.cache.clear();
    }
  }

  return {
    list,
    put: async (name, request, options) => {
      const store = stores.get(name);
      const provider = capable(store, "put");
      return once(store, options, ({ context }, signal) => provider.put(request, { ...context, signal }));
    },
    delete: async (name, request, options) => {
      const store = stores.get(name);
      const provider = capable(store, "delete");
      return once(store, options, ({ context }, signal) => provider.delete(request, { ...context, signal }));
    },
    check: async (name, request) => {
      const store = stores.get(name);
      const provider = capable(store, "check");
      const result = await once(store, request, ({ context }, signal) =>
        provider.check({ ...context, signal }),
      );
      if ("status" in result) throw new StoreError(name, result);
      return result;
    },
  };
}

type Verb = "list" | "put" | "delete" | "check" | "watch";

/** The provider, known to have the verb. Throws a {@link StoreError} where it has not. */
export function capable<Name extends Verb>(
  { handle }: Store,
  verb: Name,
): SecretProvider & { [Key in Name]-?: NonNullable<SecretProvider[Key]> } {
  const { provider } = handle;
  if (handle.definition.capabilities[verb] === undefined || provider[verb] === undefined)
    throw new StoreError(handle.store, {
      status: "unsupported",
      reason: "capability",
      message: `its provider "${handle.definition.provider}" cannot ${verb}`,
      remedy: "Use a store whose provider can",
    });
  return provider as SecretProvider & { [Key in Name]-?: NonNullable<SecretProvider[Key]> };
}

function storeError({ handle }: Store, call: Call, thrown: unknown): unknown {
  call.scope.throwIfCancelled();
  if (StoreError.isInstance(thrown)) return thrown;
  return new StoreError(handle.store, call.scope.signal.aborted ? DEADLINE_FAILURE : failureOfThrown(thrown));
}
