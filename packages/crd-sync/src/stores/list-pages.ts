import type { Identity, ListedSecret } from "@sluice/core";
import type { OpenedStore } from "./opened-store.js";

/** So many listed items count as one page, for the store's own pages cannot be seen. */
const PAGE = 25;

/** What a store lists under a prefix, page by page. @throws {StoreError} */
export async function* listPages(
  { resolver }: OpenedStore,
  store: string,
  prefix: string,
  options: { readonly identity: Identity; readonly signal: AbortSignal },
): AsyncGenerator<readonly ListedSecret[], void, undefined> {
  let page: ListedSecret[] = [];
  for await (const item of resolver.list(store, prefix === "" ? {} : { prefix }, options)) {
    page.push(item);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  yield page;
}
