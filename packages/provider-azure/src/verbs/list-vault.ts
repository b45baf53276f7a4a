import {
  abortable,
  type Failure,
  type ListedSecret,
  type ListPage,
  type ListQuery,
  StoreError,
} from "@sluice/core";
import { failureOf } from "../failure/failure-of.js";
import { isFailure } from "../util/is-failure.js";
import { stampOf } from "../read/stamp-of.js";
import type { VaultClients } from "../vault/vault-clients.js";
import { type Listed, listingOf, type VaultListing } from "./vault-listing.js";
import { continuationOf, pageTokenOf } from "./page-token.js";

/** Most that Key Vault puts on a page. */
const PAGE_SIZE = 25;

/**
 * What the vault holds of one kind, page by page as Key Vault gives it: secrets by their bare names, unless the
 * prefix begins with `secrets/`, `certificates/` or `keys/`. So to list secrets needs no right to list the others.
 *
 * @throws {StoreError} when it cannot be listed, or the page token is none of this listing's.
 */
export async function* listVault(
  clients: VaultClients,
  store: string,
  { prefix = "", pageToken }: ListQuery,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): AsyncGenerator<ListPage, void, undefined> {
  signal.throwIfAborted();
  const listing = listingOf(clients, prefix);
  // No path begins so.
  if (!listing) return yield { items: [], complete: true };
  let token = pageToken;
  do {
    const page = await onePage(clients, listing, token, signal, onError);
    signal.throwIfAborted();
    if (isFailure(page)) throw new StoreError(store, page);
    const items = page.items.filter(({ path }) => path.startsWith(prefix));
    token = page.token;
    yield token === undefined ? { items, complete: true } : { items, nextPageToken: token, complete: false };
  } while (token !== undefined);
}

interface Page {
  readonly items: readonly ListedSecret[];
  /** Where to go on, if there is more. */
  readonly token?: string;
}

async function onePage(
  clients: VaultClients,
  { root, kind, list }: VaultListing,
  token: string | undefined,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<Page | Failure> {
  const continuationToken = token === undefined ? undefined : continuationOf(clients.url, kind, token);
  if (continuationToken === null) return WRONG_TOKEN;
  try {
    const { result, storeTime, nextLink } = await abortable(signal, async () =>
      clients.observe(signal, async () => {
        const settings = { maxPageSize: PAGE_SIZE, ...(continuationToken && { continuationToken }) };
        return (await list(signal, settings))[Symbol.asyncIterator]().next();
      }),
    );
    const listed = result.done === true ? [] : result.value;
    const next = pageTokenOf(nextLink);
    return {
      items: listed.map((each) => itemOf(root, each, storeTime)),
      ...(next !== undefined && { token: next }),
    };
  } catch (error) {
    signal.throwIfAborted();
    onError(error);
    return failureOf(error);
  }
}

function itemOf(root: string, listed: Listed, storeTime: number | undefined): ListedSecret {
  const { name = "", updatedOn, expiresOn, enabled, tags = {} } = listed;
  const etag = stampOf(listed, storeTime);
  return {
    path: root + name,
    ...(etag !== undefined && { etag }),
    ...(updatedOn && { updatedAt: updatedOn.getTime() }),
    ...(expiresOn && { expiresAt: expiresOn.getTime() }),
    ...(enabled !== undefined && { enabled }),
    tags,
  };
}

const WRONG_TOKEN: Failure = {
  status: "invalid",
  reason: "page-token-invalid",
  message: "cannot be listed from there: the page token is none of Key Vault",
  remedy: "Begin the listing anew",
};
