import { type ListedSecret, type ListPage, type ProviderContext, StoreError } from "@sluice/core";
import { failureOf } from "../failure/failure-of.js";
import type { AwsClients } from "./aws-clients.js";
import { withinDeadline } from "./within-deadline.js";

/** A page as a service answers with it. */
interface AwsPage {
  readonly items: readonly ListedSecret[];
  readonly nextToken: string | undefined;
}

/** Asks for the page that a token stands for, or for the first. */
type ReadPage<Client> = (
  client: Client,
  token: string | undefined,
  abortSignal: AbortSignal,
) => Promise<AwsPage>;

/**
 * What a store holds, in AWS's own pages and order.
 *
 * @throws {StoreError} when the listing cannot go on.
 */
export async function* listPages<Client>(
  clients: AwsClients<Client>,
  store: string,
  pageToken: string | undefined,
  context: ProviderContext,
  readPage: ReadPage<Client>,
): AsyncGenerator<ListPage, void, undefined> {
  let token = pageToken;
  do {
    const { items, nextToken } = await readNext(clients, store, token, context, readPage);
    token = nextToken;
    yield token ? { items, nextPageToken: token, complete: false } : { items, complete: true };
  } while (token);
}

async function readNext<Client>(
  clients: AwsClients<Client>,
  store: string,
  token: string | undefined,
  context: ProviderContext,
  readPage: ReadPage<Client>,
): Promise<AwsPage> {
  try {
    return await withinDeadline(context, async (abortSignal) =>
      readPage(await clients.get(context.identity), token, abortSignal),
    );
  } catch (error) {
    context.signal.throwIfAborted();
    throw new StoreError(store, failureOf(error));
  }
}
