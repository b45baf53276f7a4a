import { abortable, type ListPage, type ListQuery, StoreError } from "@sluice/core";
import { failureOf } from "../failure/failure-of.js";
import type { StoreAccess } from "../store/open-store.js";

const PAGE_SIZE = 1000;

/**
 * What the store holds, sorted, in pages of 1000. The token of a page is the last path on it, so that a listing
 * can be taken up again whatever happened to the store.
 *
 * @throws {StoreError} when the store cannot be listed as a whole.
 */
export async function* listPages(
  access: StoreAccess,
  name: string,
  { prefix = "", pageToken }: ListQuery,
  signal: AbortSignal,
): AsyncGenerator<ListPage, void, undefined> {
  const all = await abortable(signal, () => listAll(access, name));
  const items = all.filter(
    ({ path }) => path.startsWith(prefix) && (pageToken === undefined || path > pageToken),
  );
  let at = 0;
  for (; at + PAGE_SIZE < items.length; at += PAGE_SIZE) {
    const page = items.slice(at, at + PAGE_SIZE);
    const last = page.at(-1)?.path ?? "";
    yield { items: page, nextPageToken: last, complete: false };
    signal.throwIfAborted();
  }
  yield { items: items.slice(at), complete: true };
}

async function listAll(access: StoreAccess, name: string): Promise<ListPage["items"]> {
  try {
    const store = await access.store();
    return await store.list();
  } catch (error) {
    throw new StoreError(name, failureOf(error, access.path));
  }
}
