import type { ProviderCapabilities } from "@sluice/core";

/**
 * What Key Vault can do.
 *
 * - `list` tells no versions, but when each item changed: an `etag`, once the second of the change is over.
 * - `put` has no conditions: Key Vault knows no conditional write, and a look before a write would promise what
 *   a second writer breaks.
 */
export const AZURE_CAPABILITIES: ProviderCapabilities = {
  batchSize: 32,
  fields: "native",
  versions: { exact: true, label: false },
  list: { carriesVersion: true },
  put: { ifAbsent: false, ifVersion: false },
  delete: { ifVersion: false },
  delegation: true,
  check: true,
};
