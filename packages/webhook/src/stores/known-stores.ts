import type { StoreLookup } from "@sluice/kubernetes/stores";

/** What names of stores mean, as far as it is known where pods are admitted. */
export interface KnownStores {
  /**
   * What `name` means to a pod of this namespace: its own `SecretStore`, else the `ClusterSecretStore`; `undefined`
   * where nothing is to be said of it, as of a manifest whose stores are in the cluster.
   */
  find(namespace: string, name: string, signal: AbortSignal): Promise<StoreLookup | undefined>;
}
