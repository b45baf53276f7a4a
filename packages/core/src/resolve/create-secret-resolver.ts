import { DisposedError } from "../errors/disposed-error.js";
import { ResolutionError, type ResolutionFailure } from "../errors/resolution-error.js";
import { createEventBus, type EventBus } from "../events/event-bus.js";
import type { StoreDefinition } from "../provider/define-provider.js";
import type { SecretValue } from "../value/secret-value.js";
import { emitOutcome } from "./emit-outcome.js";
import { createCallFactory } from "./open-call.js";
import { readReference } from "./read-reference.js";
import type { ReferenceInput, ReferenceOutcome } from "./reference-outcome.js";
import type { RequestOptions, ResolverOptions } from "./resolver-options.js";
import { revokeLeases } from "./revoke-leases.js";
import type { References, SecretResolver } from "./secret-resolver.js";
import { createStoreOperations } from "./store-operations.js";
import { createStoreSet } from "./store-set.js";
import { watchReferences } from "./watch-references.js";

/**
 * Wires a resolver over configured stores. Nothing is connected or loaded until the first read. Dispose it
 * (`await using`) to abort what is under way, revoke the leases it took and close its providers.
 */
export function createSecretResolver<const Stores extends Readonly<Record<string, StoreDefinition>>>(
  options: ResolverOptions<Stores>,
): SecretResolver<keyof Stores & string> {
  const events = options.events ?? createEventBus();
  const stores = createStoreSet(options, events);
  const closed = new AbortController();
  const openCall = createCallFactory(options, closed.signal);

  async function settleEach(references: References<string>, request?: RequestOptions): Promise<Labelled[]> {
    using call = openCall(request);
    const read = async ([label, input]: [string, ReferenceInput]): Promise<Labelled> => {
      const outcome = await readReference(stores, input, call);
      emitOutcome(events, outcome, call);
      return [label, outcome];
    };
    return Promise.all(Object.entries<ReferenceInput>(references).map(read));
  }

  async function getEach(
    references: References<string>,
    request?: RequestOptions,
  ): Promise<[string, SecretValue][]> {
    const values: [string, SecretValue][] = [];
    const failures: ResolutionFailure[] = [];
    for (const [label, outcome] of await settleEach(references, request)) {
      if (outcome.status === "found") values.push([label, outcome.value]);
      else failures.push({ ...outcome, label });
    }
    if (failures.length > 0) throw new ResolutionError(failures);
    return values;
  }

  const resolver = {
    settle: async (references: References<string>, request?: RequestOptions) =>
      shapeLike(references, await settleEach(references, request)),
    getAll: async (references: References<string>, request?: RequestOptions) =>
      shapeLike(references, await getEach(references, request)),
    get: async (reference: ReferenceInput, request?: RequestOptions) => {
      const [[, value]] = (await getEach([reference], request)) as [[string, SecretValue]];
      return value;
    },
    watch: watchReferences({ stores, events, closed: closed.signal, settle: settleEach }),
    ...createStoreOperations(stores, openCall),
    on: ((name, listener) => events.on(name, listener)) as EventBus["on"],
    async [Symbol.asyncDispose](): Promise<void> {
      if (closed.signal.aborted) return;
      closed.abort(new DisposedError());
      await revokeLeases(stores, events);
      for (const { cache } of stores.all) cache.clear();
      await Promise.all(stores.all.map(({ handle }) => handle.close()));
    },
  };
  // Names and shapes of what is asked for are known to the compiler only.
  return resolver as SecretResolver<keyof Stores & string>;
}

type Labelled = [label: string, outcome: ReferenceOutcome];

function shapeLike(
  references: References<string>,
  entries: readonly (readonly [string, unknown])[],
): unknown {
  return Array.isArray(references) ? entries.map(([, entry]) => entry) : Object.fromEntries(entries);
}
