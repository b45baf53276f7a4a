import type { Dialect } from "@sluice/core/dialect";
import type { MutationStrategy } from "@sluice/core/mutation";
import type { ClusterLookups } from "../lookups/cluster-lookups.js";
import type { ContainerCommands } from "../planning/container-commands.js";
import type { KnownStores } from "../stores/known-stores.js";
import type { InjectionSettings } from "../strategies/injection-settings.js";

/** What a webhook is made of. */
export interface AdmissionOptions {
  readonly dialects: readonly Dialect[];
  readonly strategies: readonly MutationStrategy<InjectionSettings>[];
  readonly lookups: ClusterLookups;
  readonly settings: InjectionSettings;
  /** Stores, some of which need tokens of the pod. Without, no pod is given any. */
  readonly stores?: KnownStores;
  /** What containers without a command start; only what the pod states by default. */
  readonly commands?: ContainerCommands;
}
