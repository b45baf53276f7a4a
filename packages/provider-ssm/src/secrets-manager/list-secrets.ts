import type { SecretListEntry, SecretsManager } from "@aws-sdk/client-secrets-manager";
import {
  StoreError,
  type ListedSecret,
  type ListPage,
  type ListQuery,
  type ProviderContext,
} from "@sluice/core";
import type { AwsClients } from "../aws/aws-clients.js";
import { defined } from "../aws/defined.js";
import { withinDeadline } from "../aws/within-deadline.js";
import { failureOf } from "../failure/failure-of.js";

const PAGE_SIZE = 100;

/**
 * What the store holds, in AWS's own pages and order, without what is scheduled for deletion.
 *
 * @throws {StoreError} when the listing cannot go on.
 */
export async function* listSecrets(
  clients: AwsClients<SecretsManager>,
  store: string,
  { prefix = "", pageToken }: ListQuery,
  context: ProviderContext,
): AsyncGenerator<ListPage, void, undefined> {
  let token = pageToken;
  do {
    const { SecretList = [], NextToken } = await readPage(clients, store, prefix, token, context);
    const items = SecretList.flatMap((entry) => listed(entry, prefix));
    token = NextToken;
    yield token ? { items, nextPageToken: token, complete: false } : { items, complete: true };
  } while (token);
}

/** A secret as it is listed, if its name begins with the prefix. */
function listed(entry: SecretListEntry, prefix: string): readonly ListedSecret[] {
  const { Name, SecretVersionsToStages = {}, LastChangedDate } = entry;
  // AWS's own filter takes words of a name as well as its beginning.
  if (Name === undefined || !Name.startsWith(prefix)) return [];
  const current = Object.entries(SecretVersionsToStages).find(([, stages]) => stages.includes("AWSCURRENT"));
  return [
    {
      path: Name,
      ...(current && { version: current[0] }),
      ...(LastChangedDate && { updatedAt: LastChangedDate.getTime() }),
    },
  ];
}

async function readPage(
  clients: AwsClients<SecretsManager>,
  store: string,
  prefix: string,
  token: string | undefined,
  context: ProviderContext,
): Promise<{ SecretList?: SecretListEntry[] | undefined; NextToken?: string | undefined }> {
  try {
    return await withinDeadline(context, async (abortSignal) => {
      const client = await clients.get(context.identity);
      return client.listSecrets(
        {
          MaxResults: PAGE_SIZE,
          ...defined({ NextToken: token }),
          ...(prefix !== "" && { Filters: [{ Key: "name", Values: [prefix] }] }),
        },
        { abortSignal },
      );
    });
  } catch (error) {
    context.signal.throwIfAborted();
    throw new StoreError(store, failureOf(error));
  }
}
