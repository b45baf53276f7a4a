import { createSecretResolver, type EventBus } from "@sluice/core";
import {
  configureStore,
  type ConfigureStoreDependencies,
  type Store,
  type StoreOptions,
} from "@sluice/kubernetes/stores";
import { SyncFailure } from "../source/sync-failure.js";
import { OpenedStore } from "./opened-store.js";

export interface OpenStoreDependencies extends ConfigureStoreDependencies {
  readonly readOptions: (store: Store) => Promise<StoreOptions>;
  readonly events: EventBus;
}

/**
 * How long a value that was read serves other syncs, in milliseconds: as long as it takes to bring one change to
 * all of them. Whether it changed since, the store's follower finds out.
 */
const CACHE_MS = 300_000;

/** A resolver over one store. @throws {SyncFailure} `StoreInvalid` */
export async function openStore(
  store: Store,
  options: StoreOptions,
  dependencies: OpenStoreDependencies,
): Promise<OpenedStore> {
  const configured = await configureStore(store, options, dependencies);
  if ("problem" in configured) throw new SyncFailure("StoreInvalid", configured.problem, "cluster");
  const { definition, environment } = configured;
  const { events, baseDirectory } = dependencies;
  const resolver = createSecretResolver({
    stores: { [store.name]: definition },
    events,
    baseDirectory,
    environment,
    cache: { ttlMs: CACHE_MS },
    ...(store.timeoutMs !== undefined && { timeoutMs: store.timeoutMs }),
  });
  return new OpenedStore(resolver, definition.capabilities);
}
