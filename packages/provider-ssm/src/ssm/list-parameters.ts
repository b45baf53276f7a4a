import type { ParameterMetadata, SSM } from "@aws-sdk/client-ssm";
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

const PAGE_SIZE = 50;

/**
 * What the store holds, in AWS's own pages and order. Through `DescribeParameters`: `GetParametersByPath` would
 * send every value along, and knows nothing outside a hierarchy.
 *
 * @throws {StoreError} when the listing cannot go on.
 */
export async function* listParameters(
  clients: AwsClients<SSM>,
  store: string,
  { prefix = "", pageToken }: ListQuery,
  context: ProviderContext,
): AsyncGenerator<ListPage, void, undefined> {
  let token = pageToken;
  do {
    const { Parameters = [], NextToken } = await describe(clients, store, prefix, token, context);
    const items = Parameters.flatMap((parameter) => listed(parameter, prefix));
    token = NextToken;
    yield token ? { items, nextPageToken: token, complete: false } : { items, complete: true };
  } while (token);
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

async function describe(
  clients: AwsClients<SSM>,
  store: string,
  prefix: string,
  token: string | undefined,
  context: ProviderContext,
): Promise<{ Parameters?: ParameterMetadata[] | undefined; NextToken?: string | undefined }> {
  // AWS takes no prefix that is just a slash, and one without a slash in front may mean two.
  const filter = prefix.startsWith("/") && prefix.length > 1;
  try {
    return await withinDeadline(context, async (abortSignal) => {
      const client = await clients.get(context.identity);
      return client.describeParameters(
        {
          MaxResults: PAGE_SIZE,
          ...defined({ NextToken: token }),
          ...(filter && { ParameterFilters: [{ Key: "Name", Option: "BeginsWith", Values: [prefix] }] }),
        },
        { abortSignal },
      );
    });
  } catch (error) {
    context.signal.throwIfAborted();
    throw new StoreError(store, failureOf(error));
  }
}
