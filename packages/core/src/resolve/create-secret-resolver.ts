import { DisposedError } from "../errors/disposed-error.js";
import { ResolutionError, type ResolutionFailure } from "../errors/resolution-error.js";
import { createEventBus, type EventBus } from "../events/event-bus.js";
import type { StoreDefinition } from "../provider/define-provider.js";
import { inSpan } from "../telemetry/in-span.js";
import { recordMetrics } from "../telemetry/record-metrics.js";
import type { SecretValue } from "../value/secret-value.js";
import { emitOutcome } from "./emit-outcome.js";
import { createLeaseOperations } from "./lease-operations.js";
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
 *
 * @example
 * ```ts
 * import { createSecretResolver } from "@sluice/core";
 * import { file } from "@sluice/provider-file";
 *
 * await using secrets = createSecretResolver({ stores: { dev: file({ path: "./secrets.env" }) } });
 * const { password, url } = await secrets.getAll({ password: "secret://dev/DB_PASSWORD", url: "secret://dev/DB_URL" });
 * password.text(); // printing `password` itself shows [secret]
 * ```
 */
export function createSecretResolver<const Stores extends Readonly<Record<string, StoreDefinition>>>(
  options: ResolverOptions<Stores>,
): SecretResolver<keyof Stores & string> {
  const events = options.events ?? createEventBus();
  const stores = createStoreSet(options, events);
  const metrics = recordMetrics(events);
  const closed = new AbortController();
  const openCall = createCallFactory(options, closed.signal);

  async function settleEach(references: References<string>, request?: RequestOptions): Promise<Labelled[]> {
    const entries = Object.entries<ReferenceInput>(references);
    return inSpan("sluice.resolve", { "sluice.references": entries.length }, async (describe) => {
      using call = openCall(request);
      const read = async ([label, input]: [string, ReferenceInput]): Promise<Labelled> => {
        const outcome = await readReference(stores, input, call);
        emitOutcome(events, outcome, call);
        return [label, outcome];
      };
      // Awaited here: the call must last until everything is read.
      const outcomes = await Promise.all(entries.map(read));
      describe({ "sluice.failed": outcomes.filter(([, { status }]) => status !== "found").length });
      return outcomes;
    });
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

  let disposal: Promise<void> | undefined;
  async function dispose(): Promise<void> {
    closed.abort(new DisposedError());
    const handles = stores.all.map(({ handle }) => handle);
    for (const { cache } of stores.all) cache.clear();
    for (const { leases } of stores.all) leases.stop();
    if (options.leases?.revoke !== false)
      await Promise.all(handles.map((handle) => revokeLeases(handle, handle.leases.takeAll(), events)));
    const closings = await Promise.allSettled(handles.map((handle) => handle.close()));
    const thrown = closings.flatMap((closing): unknown[] =>
      closing.status === "rejected" ? [closing.reason] : [],
    );
    metrics[Symbol.dispose]();
    if (thrown.length > 1) throw new AggregateError(thrown, "Several providers could not be closed");
    if (thrown.length === 1) throw thrown[0];
  }

  const resolver = {
    settle: async (references: References<string>, request?: RequestOptions) =>
      shapeLike(references, await settleEach(references, request)),
    getAll: async (references: References<string>, request?: RequestOptions) =>
      shapeLike(references, await getEach(references, request)),
    get: async (reference: ReferenceInput, request?: RequestOptions) => {
      const [[, outcome]] = (await settleEach([reference], request)) as [Labelled];
      if (outcome.status === "found") return outcome.value;
      // It has no other name than itself.
      throw new ResolutionError([{ ...outcome, label: outcome.reference }]);
    },
    watch: watchReferences({ stores, events, closed: closed.signal, settle: settleEach, openCall }),
    leases: createLeaseOperations(stores, events, closed.signal),
    ...createStoreOperations(stores, openCall, events),
    on: ((name, listener) => events.on(name, listener)) as EventBus["on"],
    [Symbol.asyncDispose]: () => (disposal ??= dispose()),
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
