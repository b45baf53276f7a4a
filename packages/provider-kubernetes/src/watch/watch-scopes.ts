import type { WatchQuery } from "@sluice/kubernetes";
import { isFailure } from "../failure/failing.js";
import { type ClusterStore, resourceOf } from "../store/cluster-store.js";
import { parsePath } from "../store/object-path.js";

/** What one watch of the cluster covers. */
export interface WatchScope {
  /** Names it in cursors. */
  readonly key: string;
  readonly query: WatchQuery;
  /** The watched paths in it, by the name of their object. */
  readonly paths: ReadonlyMap<string, string>;
}

const MOST_BY_NAME = 10;

/**
 * Watches that cover these paths: one for every object, which a right to these names allows, or one for all of
 * a namespace where there are more than ten. A path that no object can have is passed over: nothing happens there.
 */
export function watchScopes(store: ClusterStore, paths: readonly string[]): readonly WatchScope[] {
  const places = Array.from(new Set(paths), (path) => ({ path, place: parsePath(store, path) }));
  const valid = places.flatMap(({ path, place }) => (isFailure(place) ? [] : [{ path, ...place }]));
  return Array.from(Map.groupBy(valid, ({ namespace }) => namespace)).flatMap(([namespace, members]) => {
    const query = {
      resource: resourceOf(store, namespace),
      metadataOnly: true,
      idleMs: store.watchIdleMs,
    };
    if (members.length > MOST_BY_NAME) {
      return [{ key: namespace, query, paths: new Map(members.map(({ name, path }) => [name, path])) }];
    }
    return members.map(({ name, path }) => ({
      key: `${namespace}/${name}`,
      query: { ...query, fieldSelector: `metadata.name=${name}` },
      paths: new Map([[name, path]]),
    }));
  });
}
