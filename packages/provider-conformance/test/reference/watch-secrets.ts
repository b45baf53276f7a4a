import { StoreError, type WatchEvent, type WatchQuery } from "@sluice/core";
import { failureOf } from "./failure-of.js";
import { ROOT } from "./key-of.js";
import type { MemoryConnection } from "./memory-connection.js";
import type { MemoryServer } from "./memory-server.js";

export async function* watchSecrets(
  connection: MemoryConnection,
  store: string,
  query: WatchQuery,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent, void, undefined> {
  try {
    yield* follow(connection.server, query, signal);
  } catch (error) {
    if (!signal.aborted) throw new StoreError(store, failureOf(error));
  }
}

async function* follow(
  server: MemoryServer,
  { paths, cursor = "" }: WatchQuery,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent, void, undefined> {
  const known = /^\d+$/.test(cursor) && Number(cursor) <= server.changes.length;
  let position = known ? Number(cursor) : server.changes.length;
  if (!known) yield { kind: "resync", cursor: `${position}` };
  while (!signal.aborted) {
    for (; position < server.changes.length; position++) {
      const event = eventOf(server.changes[position], `${position + 1}`);
      if (event && paths.includes(event.path)) yield event;
    }
    await server.changedSince(position, signal);
  }
}

function eventOf(
  change: { readonly key: string; readonly version?: string } | undefined,
  cursor: string,
): Exclude<WatchEvent, { kind: "resync" }> | undefined {
  if (change === undefined) return undefined;
  const { key, version } = change;
  const path = key.slice(ROOT.length);
  return version === undefined
    ? { kind: "deleted", path, cursor }
    : { kind: "changed", path, version, cursor };
}
