import { type ListedSecret, type ListPage, type ListQuery, StoreError } from "@sluice/core";
import { failureOf } from "../failure/failure-of.js";
import type { ObjectProperties } from "../read/object-properties.js";
import { abortable } from "../util/abortable.js";
import type { VaultClients } from "../vault/vault-clients.js";

/** Most that Key Vault puts on a page of its own. */
const ASKED = 25;

const PAGE_SIZE = 250;

/** Names of one kind of objects, as Key Vault lists them: without values and without versions. */
interface Listing {
  readonly root: string;
  readonly list: () => Promise<AsyncIterable<readonly Listed[]>>;
}

type Listed = ObjectProperties & { readonly name?: string };

/**
 * What the vault holds, sorted, in pages of 250: secrets by their bare names, then certificates and keys. A prefix
 * decides which of these are asked for, so that `secrets/` needs no right to list the others. The token of a page
 * is the last path on it, for Key Vault's own continuation is not told by its SDK.
 *
 * @throws {StoreError} when any of it cannot be listed.
 */
export async function* listVault(
  clients: VaultClients,
  store: string,
  { prefix = "", pageToken }: ListQuery,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): AsyncGenerator<ListPage, void, undefined> {
  const found: ListedSecret[] = [];
  for (const { root, list } of listings(clients, prefix, signal)) {
    try {
      for await (const page of await abortable(signal, list))
        found.push(...page.map((listed) => itemOf(root, listed)));
    } catch (error) {
      signal.throwIfAborted();
      onError(error);
      throw new StoreError(store, withAdvice(failureOf(error), prefix));
    }
  }
  const items = found
    .filter(({ path }) => path.startsWith(prefix) && (pageToken === undefined || path > pageToken))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  let at = 0;
  for (; at + PAGE_SIZE < items.length; at += PAGE_SIZE) {
    const page = items.slice(at, at + PAGE_SIZE);
    const last = page.at(-1)?.path ?? "";
    yield { items: page, nextPageToken: last, complete: false };
    signal.throwIfAborted();
  }
  yield { items: items.slice(at), complete: true };
}

function listings(clients: VaultClients, prefix: string, abortSignal: AbortSignal): Listing[] {
  const page = { maxPageSize: ASKED };
  const options = { abortSignal };
  const secrets = async (): Promise<AsyncIterable<readonly Listed[]>> =>
    (await clients.secrets()).listPropertiesOfSecrets(options).byPage(page);
  const all: Listing[] = [
    // Named both ways they would be there twice: they are where the prefix asks for.
    { root: prefix.startsWith("secrets/") ? "secrets/" : "", list: secrets },
    {
      root: "certificates/",
      list: async () => (await clients.certificates()).listPropertiesOfCertificates(options).byPage(page),
    },
    { root: "keys/", list: async () => (await clients.keys()).listPropertiesOfKeys(options).byPage(page) },
  ];
  return all.filter(({ root }) =>
    root === "" ? !prefix.includes("/") : root.startsWith(prefix) || prefix.startsWith(root),
  );
}

function itemOf(root: string, { name = "", updatedOn, expiresOn, enabled }: Listed): ListedSecret {
  return {
    path: root + name,
    ...(updatedOn && { updatedAt: updatedOn.getTime() }),
    ...(expiresOn && { expiresAt: expiresOn.getTime() }),
    ...(enabled !== undefined && { enabled }),
  };
}

type Refused = ReturnType<typeof failureOf>;

function withAdvice(failure: Refused, prefix: string): Refused {
  if (failure.status !== "denied" || prefix !== "") return failure;
  return {
    ...failure,
    remedy: 'Give the identity the right to list, or list less with the prefix "secrets/"',
  };
}
