import {
  createSecretResolver,
  type EventBus,
  loadProvider,
  type RegisteredProvider,
  thrownName,
} from "@sluice/core";
import { schemaFaults, type Store, storeId, type StoreOptions } from "@sluice/kubernetes/stores";
import { SyncFailure } from "../source/sync-failure.js";
import { OpenedStore } from "./opened-store.js";

export interface OpenStoreDependencies {
  /** Providers that stores can name. */
  readonly providers: readonly RegisteredProvider[];
  readonly readOptions: (store: Store) => Promise<StoreOptions>;
  /** Variables that providers of `ClusterSecretStore`s may read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where relative paths in the options of stores begin. */
  readonly baseDirectory: string;
  readonly events: EventBus;
}

/**
 * How long a value that was read serves other syncs, in milliseconds: as long as it takes to bring one change to
 * all of them. Whether it changed since, the store's follower finds out.
 */
const CACHE_MS = 300_000;

/** Where the cluster is: no secret, and what a store in the same cluster cannot do without. */
const HARMLESS = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"];

/** A resolver over one store. @throws {SyncFailure} `StoreInvalid` */
export async function openStore(
  store: Store,
  { options, environment }: StoreOptions,
  { providers, events, baseDirectory, environment: own }: OpenStoreDependencies,
): Promise<OpenedStore> {
  const provider = await load(store, providers);
  const [fault] = schemaFaults(provider.optionsSchema, options);
  if (fault !== undefined) {
    const where = fault.path.map((part) => `.${part}`).join("");
    throw invalid(store, `options${where} ${fault.problem}`);
  }
  // Checked against the provider's own schema, which is what its options type says.
  const definition = provider(options as never);
  const { capabilities } = definition;
  if (store.identity.as === "pod" && capabilities.delegation !== true)
    throw invalid(store, `provider "${provider.id}" cannot act as a service account`);
  // What else our environment holds is not for whoever may write a store into a namespace.
  const given =
    store.kind === "ClusterSecretStore" ? own : Object.fromEntries(HARMLESS.map((name) => [name, own[name]]));
  const resolver = createSecretResolver({
    stores: { [store.name]: definition },
    events,
    baseDirectory,
    environment: { ...given, ...environment },
    cache: { ttlMs: CACHE_MS },
    ...(store.timeoutMs !== undefined && { timeoutMs: store.timeoutMs }),
  });
  return new OpenedStore(resolver, capabilities);
}

async function load(store: Store, providers: readonly RegisteredProvider[]) {
  const registered = providers.find(({ id }) => id === store.provider);
  if (registered === undefined) throw invalid(store, `no provider is called "${store.provider}"`);
  try {
    return await loadProvider(registered);
  } catch (thrown) {
    throw invalid(store, `provider "${store.provider}" cannot be loaded (${thrownName(thrown)})`);
  }
}

function invalid(store: Store, problem: string): SyncFailure {
  return new SyncFailure("StoreInvalid", `${storeId(store)} cannot be used: ${problem}`, "cluster");
}
