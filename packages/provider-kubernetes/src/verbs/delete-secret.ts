import type { DeleteOutcome, DeleteRequest, ProviderContext } from "@sluice/core";
import { resourcePath } from "@sluice/kubernetes";
import { failing, isFailure } from "../failure/failing.js";
import { callOptions, type ClusterStore, resourceOf } from "../store/cluster-store.js";
import { parsePath } from "../store/object-path.js";
import { isVersion, VERSION_CHANGED } from "./version-condition.js";

/** Removes a secret; with a version, only that one. */
export async function deleteSecret(
  store: ClusterStore,
  { path, ifVersion }: DeleteRequest,
  context: ProviderContext,
): Promise<DeleteOutcome> {
  context.signal.throwIfAborted();
  const place = parsePath(store, path);
  if (isFailure(place)) return place;
  if (ifVersion !== undefined && !isVersion(ifVersion)) return VERSION_CHANGED;
  const preconditions = ifVersion === undefined ? {} : { preconditions: { resourceVersion: ifVersion } };
  const request = {
    method: "DELETE",
    path: resourcePath(resourceOf(store, place.namespace), place.name),
    body: { apiVersion: "v1", kind: "DeleteOptions", ...preconditions },
  } as const;
  const outcome = await failing(context.signal, async () => {
    await store.client.call(request, callOptions(store, context));
    return { status: "deleted" } as const;
  });
  return outcome.status === "conflict" && ifVersion !== undefined ? VERSION_CHANGED : outcome;
}
