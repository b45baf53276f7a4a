import type { EventBus, RegisteredProvider } from "@sluice/core";
import type { KubernetesClient } from "@sluice/kubernetes";
import type { StoreCatalogue, TenantPolicy } from "@sluice/kubernetes/stores";
import type { RateOptions } from "./limits/namespace-rate.js";
import type { OnReplay } from "./release/claim-release.js";
import type { ReleaseLedger } from "./release/release-ledger.js";

/** What a broker is made of, and how it is set. */
export interface BrokerOptions {
  readonly client: KubernetesClient;
  readonly catalogue: StoreCatalogue;
  /** Providers that stores can name. */
  readonly providers: readonly RegisteredProvider[];
  /** Variables that providers of `ClusterSecretStore`s may read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where relative paths in the options of stores begin. */
  readonly baseDirectory: string;
  /** What the options of `SecretStore`s may name; no address and no file by default. */
  readonly tenants?: TenantPolicy;
  /** Where events go; a bus of its own by default. */
  readonly events?: EventBus;
  /** What becomes of a replay; `audit` by default. */
  readonly onReplay?: OnReplay;
  /** In memory by default. */
  readonly ledger?: ReleaseLedger;
  readonly rate?: RateOptions;
  /** Tokens of one address that the API server may refuse; 100 at once and one a second by default. */
  readonly badTokens?: RateOptions;
  /** Requests answered at the same time; 256 by default. */
  readonly mostInFlight?: number;
  /** Time to answer one request, in milliseconds; 25,000 by default, below the 30,000 that a launcher waits. */
  readonly timeoutMs?: number;
  /** How often it is asked whether pods with leases still live, in milliseconds; 30,000 by default. */
  readonly podPollMs?: number;
  /** Whether delivered versions are written into ConfigMaps; `true` by default. */
  readonly recordVersions?: boolean;
}
