import type { EventBus, RegisteredProvider } from "@sluice/core";
import type { CallOptions, KubernetesClient } from "@sluice/kubernetes";
import type { Store, StoreCatalogue, StoreOptions, TenantPolicy } from "@sluice/kubernetes/stores";
import type { RestartOptions } from "../restart/restart-options.js";
import type { SyncSource } from "../source/sync-source.js";

/** What a controller is made of, and how it is set. */
export interface SyncControllerOptions {
  readonly client: KubernetesClient;
  readonly catalogue: StoreCatalogue;
  /** Providers that stores can name. */
  readonly providers: readonly RegisteredProvider[];
  /** Variables that providers of `ClusterSecretStore`s may read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where relative paths in the options of stores begin. */
  readonly baseDirectory: string;
  /** Namespace of the controller: of its lease, and of the key of its hashes. */
  readonly namespace: string;
  /** Which replica this is: the name of its pod. */
  readonly identity: string;
  /** How the options of a store are read; by default with those that the Secrets it names have. */
  readonly readOptions?: (store: Store, call: CallOptions) => Promise<StoreOptions>;
  /** What else is done by the replica that leads, until the signal aborts. It must not reject. */
  readonly whileLeading?: (signal: AbortSignal, events: EventBus) => Promise<void>;
  /** Kinds that ask for syncs; `SecretSync` by default. */
  readonly sources?: readonly SyncSource[];
  /**
   * Audiences for which a `SecretStore` with `identity: pod` is given tokens of service accounts; none by default. Its
   * author decides where they are sent, and would be whom they prove to be.
   */
  readonly tokenAudiencesInNamespaces?: readonly string[];
  /** What options of `SecretStore`s may name: the addresses that are dialled, the files that are read; nothing by default. */
  readonly tenants?: TenantPolicy;
  /** Restart workloads that ask for it when their secrets change; by default none is looked at. */
  readonly restarts?: RestartOptions;
  /** Where events go; a bus of its own by default. */
  readonly events?: EventBus;
  /** Only objects of these namespaces; of all by default. */
  readonly namespaces?: readonly string[];
  /** Only objects with the label `sluice.dev/shard: NAME`; those without the label by default. */
  readonly shard?: string;
  /** Syncs at the same time; 16 by default, of which 4 are kept for those that were never synced. */
  readonly concurrency?: number;
  /** Time for one call of the API, in milliseconds; 30,000 by default. */
  readonly timeoutMs?: number;
  /** Milliseconds of silence after which a watch is begun anew; 75,000 by default. */
  readonly idleMs?: number;
  /** Longest time for what is under way when the controller is stopped, in milliseconds; 25,000 by default. */
  readonly drainMs?: number;
  /** Whole seconds for which the lease is held after a renewal; 15 by default. */
  readonly leaseSeconds?: number;
}

/** Label by which objects are shared out among controllers. */
export const SHARD_LABEL = "sluice.dev/shard";
