import {
  type ListedSecret,
  type ListPage,
  type ListQuery,
  type ProviderContext,
  StoreError,
} from "@sluice/core";
import { type KubernetesObject, listObjects } from "@sluice/kubernetes";
import { failureOf } from "../failure/failure-of.js";
import { timesOf } from "../object/read-record.js";
import { callOptions, type ClusterStore, resourceOf } from "../store/cluster-store.js";
import { formatPath, isNamespace } from "../store/object-path.js";

/**
 * What the store holds, page by page as the cluster cuts them, without values: only metadata is asked for.
 *
 * @throws {StoreError} when the listing cannot go on.
 */
export async function* listPages(
  store: ClusterStore,
  { prefix = "", pageToken }: ListQuery,
  context: ProviderContext,
): AsyncGenerator<ListPage, void, undefined> {
  const resource = resourceOf(store, store.namespace ?? namespaceOf(prefix));
  const query = {
    resource,
    metadataOnly: true,
    ...(pageToken !== undefined && { continueToken: pageToken }),
  };
  try {
    for await (const page of listObjects(store.client, query, callOptions(store, context))) {
      const listed = page.objects.map((object) => listedSecret(store, object));
      const items = listed.filter(({ path }) => path.startsWith(prefix));
      const next = page.continueToken;
      yield { items, complete: next === undefined, ...(next !== undefined && { nextPageToken: next }) };
    }
  } catch (error) {
    context.signal.throwIfAborted();
    throw new StoreError(store.name, failureOf(error));
  }
}

/** The one namespace that a prefix like `shop/web` leaves, so that no right to list all of them is needed. */
function namespaceOf(prefix: string): string | undefined {
  const [namespace = "", name] = prefix.split("/");
  return name !== undefined && isNamespace(namespace) ? namespace : undefined;
}

function listedSecret(store: ClusterStore, { metadata }: KubernetesObject): ListedSecret {
  const { name, namespace = "", resourceVersion, labels = {} } = metadata;
  const { updatedAt } = timesOf(metadata);
  return {
    path: formatPath(store, { namespace, name }),
    version: resourceVersion,
    tags: labels,
    ...(updatedAt !== undefined && { updatedAt }),
  };
}
