import type { SecretListEntry, SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { ListedSecret, ListPage, ListQuery, ProviderContext } from "@sluice/core";
import type { AwsClients } from "../aws/aws-clients.js";
import { defined } from "../aws/defined.js";
import { listPages } from "../aws/list-pages.js";

const PAGE_SIZE = 100;

/**
 * What the store holds, without what is scheduled for deletion.
 *
 * @throws {StoreError} when the listing cannot go on.
 */
export function listSecrets(
  clients: AwsClients<SecretsManager>,
  store: string,
  { prefix = "", pageToken }: ListQuery,
  context: ProviderContext,
): AsyncGenerator<ListPage, void, undefined> {
  return listPages(clients, store, pageToken, context, async (client, token, abortSignal) => {
    const { SecretList = [], NextToken } = await client.listSecrets(
      {
        MaxResults: PAGE_SIZE,
        ...defined({ NextToken: token }),
        ...(prefix !== "" && { Filters: [{ Key: "name", Values: [prefix] }] }),
      },
      { abortSignal },
    );
    return { items: SecretList.flatMap((entry) => listed(entry, prefix)), nextToken: NextToken };
  });
}

/** A secret as it is listed, if its name begins with the prefix. */
function listed(entry: SecretListEntry, prefix: string): readonly ListedSecret[] {
  const { Name, SecretVersionsToStages = {}, LastChangedDate, Tags = [] } = entry;
  // AWS's own filter takes words of a name as well as its beginning.
  if (Name === undefined || !Name.startsWith(prefix)) return [];
  const current = Object.entries(SecretVersionsToStages).find(([, stages]) => stages.includes("AWSCURRENT"));
  return [
    {
      path: Name,
      ...(current && { version: current[0] }),
      ...(LastChangedDate && { updatedAt: LastChangedDate.getTime() }),
      tags: Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value])),
    },
  ];
}
