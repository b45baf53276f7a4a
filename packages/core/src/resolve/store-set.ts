import { SluiceError } from "../errors/sluice-error.js";
import { UnknownStoreError } from "../errors/unknown-store-error.js";
import type { EventBus } from "../events/event-bus.js";
import type { StoreDefinition } from "../provider/define-provider.js";
import { isStoreName } from "../reference/parse-reference.js";
import { LeaseKeeper } from "./lease-keeper.js";
import { ProviderHandle } from "./provider-handle.js";
import { ReadQueue } from "./read-queue.js";
import { DEFAULTS, type ResolverOptions } from "./resolver-options.js";
import { createSecretCache, type SecretCache } from "./secret-cache.js";

/** A configured store at work. */
export interface Store {
  readonly handle: ProviderHandle;
  readonly queue: ReadQueue;
  readonly cache: SecretCache;
  readonly leases: LeaseKeeper;
}

export interface StoreSet {
  readonly names: readonly string[];
  readonly all: readonly Store[];
  find(name: string): Store | undefined;
  /** Throws {@link UnknownStoreError}. */
  get(name: string): Store;
}

/** Wires the stores of a resolver. Throws a configuration error for a name that references cannot write. */
export function createStoreSet(
  options: ResolverOptions<Readonly<Record<string, StoreDefinition>>>,
  events: EventBus,
): StoreSet {
  const stores = new Map(
    Object.entries(options.stores).map(([name, definition]) => [
      name,
      createStore(name, definition, options, events),
    ]),
  );
  const names = Array.from(stores.keys());
  return {
    names,
    all: Array.from(stores.values()),
    find: (name) => stores.get(name),
    get: (name) => {
      const store = stores.get(name);
      if (store === undefined) throw new UnknownStoreError(name, names);
      return store;
    },
  };
}

function createStore(
  name: string,
  definition: StoreDefinition,
  options: ResolverOptions<Readonly<Record<string, StoreDefinition>>>,
  events: EventBus,
): Store {
  if (!isStoreName(name))
    throw new SluiceError({
      code: "SLU1103",
      kind: "configuration",
      problem: `${JSON.stringify(name)} cannot name a store`,
      remedy: "Use lower-case letters, digits and hyphens, at most 63 of them",
    });
  const dependencies = {
    store: name,
    baseDirectory: options.baseDirectory ?? process.cwd(),
    environment: options.environment ?? process.env,
    ...(options.leases?.revoke === false && { leavesLeases: true }),
  };
  const handle = new ProviderHandle(name, definition, dependencies, events);
  const retry = { ...DEFAULTS.retry, ...options.retry };
  const cache = options.cache === false ? { ttlMs: 0 } : options.cache;
  const concurrency = options.concurrency ?? DEFAULTS.concurrency;
  return {
    handle,
    queue: new ReadQueue(handle, retry, events, concurrency),
    cache: createSecretCache({ ...DEFAULTS.cache, ...cache }),
    leases: new LeaseKeeper(handle, events, { renew: options.leases?.renew ?? false, concurrency }),
  };
}
