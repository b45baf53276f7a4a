import { createSecretResolver, type EventBus, type SecretResolver } from "@sluice/core";
import {
  configureStore,
  type ConfigureStoreDependencies,
  type Store,
  type StoreOptions,
} from "@sluice/kubernetes/stores";
import { refuse } from "../refusals.js";

export interface OpenStoreDependencies extends ConfigureStoreDependencies {
  readonly readOptions: (store: Store) => Promise<StoreOptions>;
  readonly events: EventBus;
}

/**
 * A resolver over one store.
 *
 * @throws ProblemError `store-invalid`
 */
export async function openStore(
  store: Store,
  options: StoreOptions,
  dependencies: OpenStoreDependencies,
): Promise<SecretResolver> {
  const configured = await configureStore(store, options, dependencies);
  if ("problem" in configured) throw refuse("store-invalid", configured.problem);
  const { events, baseDirectory } = dependencies;
  return createSecretResolver({
    stores: { [store.name]: configured.definition },
    events,
    baseDirectory,
    environment: configured.environment,
    // A lease that the broker keeps lives as long as its pod, not as long as the broker.
    leases: { renew: store.leases === "broker", revoke: store.leases !== "broker" },
    ...(store.timeoutMs !== undefined && { timeoutMs: store.timeoutMs }),
    ...(store.cacheTtlMs !== undefined && { cache: { ttlMs: store.cacheTtlMs } }),
  });
}
