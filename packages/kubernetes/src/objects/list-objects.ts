import type { CallOptions } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { notTheApi } from "../client/parse-json.js";
import { isGone, KubernetesError } from "../errors/kubernetes-error.js";
import { asObject, field, type KubernetesObject } from "./kubernetes-object.js";
import { type ListQuery, listRequest } from "./list-query.js";

/** A part of a listing. */
export interface ObjectPage {
  readonly objects: readonly KubernetesObject[];
  /** State of the cluster the page shows; a watch from the first page's misses nothing. */
  readonly resourceVersion: string;
  /** Where to go on; absent on the last page. */
  readonly continueToken?: string;
}

const MOST_RESTARTS = 3;

/**
 * Lists objects page by page, each once. The server keeps what a listing goes by for some minutes; when it has
 * dropped it (410), the listing begins anew and passes over what it has told already.
 */
export async function* listObjects(
  client: KubernetesClient,
  query: ListQuery,
  options: CallOptions,
): AsyncGenerator<ObjectPage, void, undefined> {
  const told = new Set<string>();
  let token = query.continueToken;
  for (let restarts = 0; ;) {
    options.signal.throwIfAborted();
    const page = await readPage(client, query, token, options);
    if (page === "gone") {
      if (++restarts > MOST_RESTARTS) throw tooSlow();
      token = undefined;
      continue;
    }
    const objects = page.objects.filter(({ metadata: { namespace, name } }) => {
      const known = told.size;
      return told.add(`${namespace ?? ""}/${name}`).size > known;
    });
    yield { ...page, objects };
    token = page.continueToken;
    if (token === undefined) return;
  }
}

async function readPage(
  client: KubernetesClient,
  query: ListQuery,
  token: string | undefined,
  options: CallOptions,
): Promise<ObjectPage | "gone"> {
  try {
    const { body } = await client.call(listRequest(query, token), options);
    return asPage(body);
  } catch (error) {
    if (token !== undefined && KubernetesError.isInstance(error) && isGone(error)) return "gone";
    throw error;
  }
}

function asPage(body: unknown): ObjectPage {
  // An empty list of metadata has `null`.
  const items = field(body, "items") === null ? [] : field(body, "items");
  const resourceVersion = field(field(body, "metadata"), "resourceVersion");
  const token = field(field(body, "metadata"), "continue");
  if (!Array.isArray(items) || typeof resourceVersion !== "string") throw notTheApi("not-a-list");
  return {
    objects: items.map(asObject),
    resourceVersion,
    ...(typeof token === "string" && token !== "" && { continueToken: token }),
  };
}

function tooSlow(): KubernetesError {
  const problem = "dropped the state a listing goes by, again and again, before all of it was read";
  return new KubernetesError({ kind: "no-answer", reason: "Expired", problem });
}
