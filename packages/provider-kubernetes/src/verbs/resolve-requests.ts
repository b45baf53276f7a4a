import {
  type Failure,
  mapBounded,
  type ProviderContext,
  type SecretOutcome,
  type SecretRecord,
  type SecretRequest,
} from "@sluice/core";
import { getObject } from "@sluice/kubernetes";
import { failing, isFailure } from "../failure/failing.js";
import { readRecord } from "../object/read-record.js";
import { callOptions, type ClusterStore, resourceOf } from "../store/cluster-store.js";
import { parsePath } from "../store/object-path.js";

/** As many as most ask for at once: each is a request of its own, and one after another costs a round trip. */
const MOST_AT_ONCE = 20;

/** One outcome per request. Every object is read once, by its name: no right to list is needed. */
export async function resolveRequests(
  store: ClusterStore,
  requests: readonly SecretRequest[],
  context: ProviderContext,
): Promise<readonly SecretOutcome[]> {
  context.signal.throwIfAborted();
  const paths = Array.from(new Set(requests.map(({ path }) => path)));
  const read = await mapBounded(paths, MOST_AT_ONCE, async (path) => readPath(store, path, context));
  const records = new Map(paths.map((path, at) => [path, read[at] as SecretRecord | Failure]));
  return requests.map(({ id, path }): SecretOutcome => {
    const record = records.get(path) as SecretRecord | Failure;
    return isFailure(record) ? { id, ...record } : { id, status: "found", ...record };
  });
}

async function readPath(
  store: ClusterStore,
  path: string,
  context: ProviderContext,
): Promise<SecretRecord | Failure> {
  const place = parsePath(store, path);
  if (isFailure(place)) return place;
  return failing(context.signal, async () => {
    const resource = resourceOf(store, place.namespace);
    return readRecord(
      store.kind,
      await getObject(store.client, resource, place.name, callOptions(store, context)),
    );
  });
}
