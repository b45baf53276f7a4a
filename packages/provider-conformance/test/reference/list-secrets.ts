import { type ListPage, type ListQuery, type ProviderContext, StoreError } from "@sluice/core";
import { failureOf } from "./failure-of.js";
import { ROOT } from "./key-of.js";
import type { MemoryConnection } from "./memory-connection.js";

export async function* listSecrets(
  connection: MemoryConnection,
  store: string,
  { prefix = "", pageToken = "" }: ListQuery,
  { signal }: ProviderContext,
): AsyncGenerator<ListPage, void, undefined> {
  try {
    for (let after = pageToken; ;) {
      const { keys, more } = await connection.server.list(ROOT + prefix, after, signal);
      const items = keys.map((key) => itemOf(connection, key));
      if (!more) return yield { items, complete: true };
      after = keys.at(-1) ?? "";
      yield { items, complete: false, nextPageToken: after };
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new StoreError(store, failureOf(error));
  }
}

function itemOf({ server }: MemoryConnection, key: string): ListPage["items"][number] {
  const { version = "", writtenAt = 0 } = server.secrets.get(key)?.revisions.at(-1) ?? {};
  return { path: key.slice(ROOT.length), version, updatedAt: writtenAt };
}
