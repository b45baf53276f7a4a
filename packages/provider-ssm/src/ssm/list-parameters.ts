import type { ParameterMetadata, SSM } from "@aws-sdk/client-ssm";
import type { ListedSecret, ListPage, ListQuery, ProviderContext } from "@sluice/core";
import type { AwsClients } from "../aws/aws-clients.js";
import { defined } from "../aws/defined.js";
import { listPages } from "../aws/list-pages.js";

const PAGE_SIZE = 50;

/**
 * What the store holds. Through `DescribeParameters`: `GetParametersByPath` would send every value along, and knows
 * nothing outside a hierarchy.
 *
 * @throws {StoreError} when the listing cannot go on.
 */
export function listParameters(
  clients: AwsClients<SSM>,
  store: string,
  { prefix = "", pageToken }: ListQuery,
  context: ProviderContext,
): AsyncGenerator<ListPage, void, undefined> {
  // AWS takes no prefix that is just a slash, and one without a slash in front may mean two.
  const filter = prefix.startsWith("/") && prefix.length > 1;
  return listPages(clients, store, pageToken, context, async (client, token, abortSignal) => {
    const { Parameters = [], NextToken } = await client.describeParameters(
      {
        MaxResults: PAGE_SIZE,
        ...defined({ NextToken: token }),
        ...(filter && { ParameterFilters: [{ Key: "Name", Option: "BeginsWith", Values: [prefix] }] }),
      },
      { abortSignal },
    );
    return { items: Parameters.flatMap((parameter) => listed(parameter, prefix)), nextToken: NextToken };
  });
}

/** A parameter as it is listed, if its path begins with the prefix. */
export function listed(parameter: ParameterMetadata, prefix: string): readonly ListedSecret[] {
  const { Name, Version, LastModifiedDate } = parameter;
  if (Name === undefined) return [];
  const path = pathLike(prefix, Name);
  if (!path.startsWith(prefix)) return [];
  return [
    {
      path,
      ...(Version !== undefined && { version: String(Version) }),
      ...(LastModifiedDate && { updatedAt: LastModifiedDate.getTime() }),
    },
  ];
}

/** The name written as the prefix is: without the slash in front of a hierarchy if that has none. */
function pathLike(prefix: string, name: string): string {
  const bare = prefix !== "" && !prefix.startsWith("/") && name.lastIndexOf("/") > 0;
  return bare ? name.slice(1) : name;
}
