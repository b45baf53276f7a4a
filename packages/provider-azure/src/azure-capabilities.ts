import type { ProviderCapabilities } from "@sluice/core";

/**
 * What Key Vault can do.
 *
 * - `list` tells no versions, but when each item changed: an `etag`, once the second of the change is over.
 * - `put` if absent is a look before the write and another after it: Key Vault knows no conditional write, so that a
 *   second writer is found out, and not kept out.
 */
export const AZURE_CAPABILITIES: ProviderCapabilities = {
  batchSize: 32,
  fields: "native",
  versions: { exact: true, label: false },
  list: { carriesVersion: true },
  put: { ifAbsent: "best-effort", ifVersion: false },
  delete: { ifVersion: false },
  delegation: true,
  check: true,
};
