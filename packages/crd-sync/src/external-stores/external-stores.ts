import { createEventBus, type EventBus } from "@sluice/core";
import type { CallOptions, KubernetesClient } from "@sluice/kubernetes";
import {
  type ConfigureStoreDependencies,
  type Store,
  type StoreCatalogue,
  type StoreOptions,
} from "@sluice/kubernetes/stores";
import { externalStoreName, type ExternalStoreRef } from "./external-store-name.js";
import { type ExternalStore, isExternalStore } from "./external-store.js";
import { readExternalOptions } from "./read-external-options.js";
import { reportExternalStores } from "./report-external-stores.js";
import { watchExternalStores } from "./watch-external-stores.js";

/** What their stores are watched, configured and reported with. */
export interface ExternalStoresOptions extends ConfigureStoreDependencies {
  readonly client: KubernetesClient;
  /** Our own stores, which stay beside theirs. */
  readonly catalogue: StoreCatalogue;
  /** Version of their kinds that the cluster serves; `v1` by default. */
  readonly version?: "v1" | "v1beta1";
  /** Providers that a `SecretStore` may use with the controller's own credentials; none by default. */
  readonly brokerIdentityInNamespaces?: readonly string[];
  /** Time for one call of the API, in milliseconds; 30,000 by default. */
  readonly timeoutMs?: number;
  /** Milliseconds of silence after which a watch is begun anew; 75,000 by default. */
  readonly idleMs?: number;
  /** Where problems are told; a bus of its own by default. */
  readonly events?: EventBus;
}

/** Stores of the External Secrets Operator beside our own, for a controller and its sources. */
export interface ExternalStores {
  /** Both. Disposing it ends the watches. */
  readonly catalogue: StoreCatalogue;
  /** For `SyncControllerOptions.readOptions`. */
  readonly readOptions: (store: Store, call: CallOptions) => Promise<StoreOptions>;
  /** For `SyncControllerOptions.whileLeading`: tells the stores' statuses whether they can be used. */
  readonly report: (signal: AbortSignal, events: EventBus) => Promise<void>;
  /** The store that an `ExternalSecret` of this namespace names, if it is known and can be used. */
  readonly find: (namespace: string, ref: ExternalStoreRef) => ExternalStore | undefined;
}

const NAME = /^c?ss-[a-z0-9-]+-[0-9a-f]{10}$/;

/** Begins to watch their stores. */
export function externalStores(options: ExternalStoresOptions): ExternalStores {
  const { client, catalogue: own, version = "v1", events = createEventBus() } = options;
  const theirs = watchExternalStores(client, {
    ...options,
    version,
    brokerIdentityInNamespaces: options.brokerIdentityInNamespaces ?? [],
    onProblem: (what, message) => events.emit("sync-problem", { what, message }),
  });
  const find: StoreCatalogue["find"] = (namespace, name) => {
    if (!NAME.test(name)) return own.find(namespace, name);
    const found = theirs.find(namespace, name);
    return found.status === "missing" ? own.find(namespace, name) : found;
  };
  return {
    catalogue: {
      find,
      entries: () => [...own.entries(), ...theirs.entries()],
      ready: async (signal) => void (await Promise.all([own.ready(signal), theirs.ready(signal)])),
      health: () => {
        const both = [own.health(), theirs.health()];
        return {
          ready: both.every(({ ready }) => ready),
          problems: both.flatMap(({ problems }) => problems),
        };
      },
      onChange: (listener) => {
        const heard = [own.onChange(listener), theirs.onChange(listener), theirs.onNamespaces(listener)];
        return { [Symbol.dispose]: () => heard.forEach((each) => each[Symbol.dispose]()) };
      },
      [Symbol.dispose]: () => {
        theirs[Symbol.dispose]();
        own[Symbol.dispose]();
      },
    },
    readOptions: async (store, call) => readExternalOptions(client, store, call),
    report: async (signal, told) =>
      reportExternalStores({ ...options, version, theirs, events: told, now: () => Date.now(), signal }),
    find: (namespace, ref) => {
      const found = theirs.find(namespace, externalStoreName(ref));
      return found.status === "found" && isExternalStore(found.store) ? found.store : undefined;
    },
  };
}
