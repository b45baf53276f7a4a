import type { ProviderCapabilities } from "@sluice/core";

/**
 * What Key Vault can do.
 *
 * - `list` carries no version: a listed item is named without one, and its time of change counts whole seconds.
 * - `put` has no conditions: Key Vault knows no conditional write, and a look before a write would promise what
 *   a second writer breaks.
 */
export const AZURE_CAPABILITIES: ProviderCapabilities = {
  batchSize: 32,
  fields: "native",
  versions: { exact: true, label: false },
  list: { carriesVersion: false },
  put: { ifAbsent: false, ifVersion: false },
  delete: { ifVersion: false },
  delegation: true,
  check: true,
};
