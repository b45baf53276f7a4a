import { type ProviderContext, StoreError, type WatchEvent, type WatchQuery } from "@sluice/core";
import { type CallOptions, type ObjectEvent, watchObjects } from "@sluice/kubernetes";
import { failureOf } from "../failure/failure-of.js";
import { callOptions, type ClusterStore } from "../store/cluster-store.js";
import { mergeSources } from "./merge-sources.js";
import { formatCursor, parseCursor } from "./watch-cursor.js";
import { type WatchScope, watchScopes } from "./watch-scopes.js";

interface ScopedEvent {
  readonly scope: WatchScope;
  readonly event: ObjectEvent;
}

/**
 * What happens to these paths until the signal aborts. No value crosses the network: only metadata is asked for.
 *
 * @throws {StoreError} when the cluster refuses the watch, or fails too often in a row.
 */
export async function* watchPaths(
  store: ClusterStore,
  { paths, cursor }: WatchQuery,
  context: ProviderContext,
): AsyncGenerator<WatchEvent, void, undefined> {
  if (context.signal.aborted) return;
  const scopes = watchScopes(store, paths);
  if (scopes.length === 0) return yield* nothing(context.signal);
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const known = parseCursor(cursor);
  const sources = scopes.map((scope) =>
    follow(store, scope, known.get(scope.key), { ...callOptions(store, context), signal }),
  );
  try {
    yield* translate(mergeSources(sources), scopes, known);
  } catch (error) {
    if (!context.signal.aborted) throw new StoreError(store.name, failureOf(error));
  } finally {
    stop.abort();
  }
}

async function* follow(
  { client }: ClusterStore,
  scope: WatchScope,
  resourceVersion: string | undefined,
  options: CallOptions,
): AsyncGenerator<ScopedEvent, void, undefined> {
  const query = { ...scope.query, ...(resourceVersion !== undefined && { resourceVersion }) };
  for await (const event of watchObjects(client, query, options)) yield { scope, event };
}

async function* translate(
  events: AsyncIterable<ScopedEvent>,
  scopes: readonly WatchScope[],
  known: ReadonlyMap<string, string>,
): AsyncGenerator<WatchEvent, void, undefined> {
  const positions = new Map(known);
  const starting = new Set(scopes.map(({ key }) => key).filter((key) => !known.has(key)));
  for await (const { scope, event } of events) {
    positions.set(scope.key, event.resourceVersion);
    starting.delete(scope.key);
    // Until all of them stand nothing is told: the resync that follows covers it.
    if (starting.size > 0 || event.kind === "progress") continue;
    const cursor = formatCursor(positions);
    if (event.kind === "synced") {
      yield { kind: "resync", cursor };
      continue;
    }
    const { name, resourceVersion } = event.object.metadata;
    const path = scope.paths.get(name);
    if (path === undefined) continue;
    if (event.kind === "deleted") yield { kind: "deleted", path, cursor };
    else yield { kind: "changed", path, version: resourceVersion, cursor };
  }
}

async function* nothing(signal: AbortSignal): AsyncGenerator<WatchEvent, void, undefined> {
  yield { kind: "resync" };
  const aborted = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => aborted.resolve(), { once: true });
  if (!signal.aborted) await aborted.promise;
}
