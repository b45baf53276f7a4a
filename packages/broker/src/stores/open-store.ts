import {
  createSecretResolver,
  type EventBus,
  loadProvider,
  type RegisteredProvider,
  type SecretResolver,
  thrownName,
} from "@sluice/core";
import { schemaFaults, type Store, storeId, type StoreOptions } from "@sluice/kubernetes/stores";
import { refuse } from "../refusals.js";
import { tenantFault, type TenantPolicy } from "./tenant-options.js";

export interface OpenStoreDependencies {
  readonly providers: readonly RegisteredProvider[];
  readonly readOptions: (store: Store) => Promise<StoreOptions>;
  /** Variables of the broker, for the stores of those who run it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where relative paths in options begin. */
  readonly baseDirectory: string;
  readonly events: EventBus;
  /** What options of `SecretStore`s may name; nothing by default. */
  readonly tenants?: TenantPolicy;
}

/**
 * A resolver over one store.
 *
 * @throws ProblemError `store-invalid`
 */
export async function openStore(
  store: Store,
  { options, environment }: StoreOptions,
  { providers, events, baseDirectory, environment: own, tenants }: OpenStoreDependencies,
): Promise<SecretResolver> {
  const provider = await load(store, providers);
  const [fault] = schemaFaults(provider.optionsSchema, options);
  if (fault !== undefined) throw invalid(store, `options${at(fault.path)} ${fault.problem}`);
  const breach =
    store.kind === "SecretStore" ? tenantFault({ options, environment }, baseDirectory, tenants) : undefined;
  if (breach !== undefined) throw invalid(store, breach);
  // Checked against the provider's own schema, which is what its options type says.
  const definition = provider(options as never);
  if (store.identity.as === "pod" && definition.capabilities.delegation !== true)
    throw invalid(store, `provider "${provider.id}" cannot act as a pod`);
  return createSecretResolver({
    stores: { [store.name]: definition },
    events,
    baseDirectory,
    environment: { ...variablesFor(store, own), ...environment },
    // A lease that the broker keeps lives as long as its pod, not as long as the broker.
    leases: { renew: store.leases === "broker", revoke: store.leases !== "broker" },
    ...(store.timeoutMs !== undefined && { timeoutMs: store.timeoutMs }),
    ...(store.cacheTtlMs !== undefined && { cache: { ttlMs: store.cacheTtlMs } }),
  });
}

/** Where the cluster is: no secret, and what a store in the same cluster cannot do without. */
const HARMLESS = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"];

/** What else the broker's environment holds is not for whoever may write a store into a namespace. */
function variablesFor(
  { kind }: Store,
  own: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  if (kind === "ClusterSecretStore") return own;
  return Object.fromEntries(HARMLESS.map((name) => [name, own[name]]));
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

function invalid(store: Store, problem: string) {
  return refuse("store-invalid", `${storeId(store)} cannot be used: ${problem}`);
}

function at(path: readonly string[]): string {
  return path.map((part) => `.${part}`).join("");
}
