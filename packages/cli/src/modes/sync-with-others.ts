import { sync } from "@sluice/crd-sync/mode";
import type { Mode } from "@sluice/mode";

/** The controller, which can do AzureKeyVaultSecrets, and knows from the broker what workloads were given. */
export function syncWithOthers(): Mode {
  return sync({
    akv2k8s: async () => {
      const { defaultStoreOf, readAzureKeyVaultSecret } = await import("@sluice/dialects");
      return { read: readAzureKeyVaultSecret, storeOf: defaultStoreOf };
    },
    given: async () => {
      const { DELIVERED_LABEL, parseRecords } = await import("@sluice/broker");
      return { givenLabel: DELIVERED_LABEL, parseGiven: parseRecords };
    },
  });
}
