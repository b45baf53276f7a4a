import { loadProvider, type RegisteredProvider, type StoreDefinition, thrownName } from "@sluice/core";
import type { StoreOptions } from "./read-store-options.js";
import { schemaFaults } from "./schema-faults.js";
import { type Store, storeId } from "./store.js";
import { tenantFault, type TenantPolicy } from "./tenant-options.js";

/** What whoever opens stores has for them. */
export interface ConfigureStoreDependencies {
  /** Providers that stores can name. */
  readonly providers: readonly RegisteredProvider[];
  /** Variables of the process, for the stores of those who run it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where relative paths in options begin. */
  readonly baseDirectory: string;
  /** What options of `SecretStore`s may name; nothing by default. */
  readonly tenants?: TenantPolicy;
}

/** A store that can be opened. */
export interface ConfiguredStore {
  readonly definition: StoreDefinition;
  /** All that its provider may know of the environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * A store as its provider is to be created: its options hold against the provider's schema, and those of a
 * `SecretStore` against what its author may name. Whoever opens stores of a cluster begins here. Nothing is dialled.
 *
 * @returns why it cannot be used, in words without a value, where it cannot.
 */
export async function configureStore(
  store: Store,
  { options, environment }: Pick<StoreOptions, "options" | "environment">,
  { providers, environment: own, baseDirectory, tenants }: ConfigureStoreDependencies,
): Promise<ConfiguredStore | { readonly problem: string }> {
  const unusable = (problem: string) => ({ problem: `${storeId(store)} cannot be used: ${problem}` });
  const registered = providers.find(({ id }) => id === store.provider);
  if (registered === undefined) return unusable(`no provider is called "${store.provider}"`);
  const provider = await loadProvider(registered).catch((thrown: unknown) => thrownName(thrown));
  if (typeof provider === "string")
    return unusable(`provider "${store.provider}" cannot be loaded (${provider})`);
  const [fault] = schemaFaults(provider.optionsSchema, options);
  if (fault !== undefined)
    return unusable(`options${fault.path.map((part) => `.${part}`).join("")} ${fault.problem}`);
  const breach =
    store.kind === "SecretStore" ? tenantFault({ options, environment }, baseDirectory, tenants) : undefined;
  if (breach !== undefined) return unusable(breach);
  // Checked against the provider's own schema, which is what its options type says.
  const definition = provider(options as never);
  if (store.identity.as === "pod" && definition.capabilities.delegation !== true)
    return unusable(`provider "${provider.id}" cannot act as a pod`);
  return { definition, environment: { ...variablesFor(store, own), ...environment } };
}

/** Where the cluster is: no secret, and what a store in the same cluster cannot do without. */
const HARMLESS = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"];

/** What else our environment holds is not for whoever may write a store into a namespace. */
function variablesFor(
  { kind }: Store,
  own: ConfigureStoreDependencies["environment"],
): ConfigureStoreDependencies["environment"] {
  if (kind === "ClusterSecretStore") return own;
  return Object.fromEntries(HARMLESS.map((name) => [name, own[name]]));
}
