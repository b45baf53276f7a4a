import type { SecretOutcome, SecretRequest } from "@sluice/core";
import { versionUnsupported } from "../failure/failures.js";
import { isFailure } from "../store/file-store.js";
import type { StoreAccess } from "../store/open-store.js";
import { readEntries } from "./read-entries.js";

/** One outcome per request, from one look at the store. */
export async function resolveRequests(
  access: StoreAccess,
  requests: readonly SecretRequest[],
): Promise<readonly SecretOutcome[]> {
  const latest = requests.filter(({ version }) => version.kind === "latest");
  const entries = await readEntries(access, Array.from(new Set(latest.map(({ path }) => path))));
  return requests.map(({ id, path, version }): SecretOutcome => {
    const entry = version.kind === "latest" ? entries.get(path) : undefined;
    if (entry === undefined) return { id, ...versionUnsupported() };
    return isFailure(entry) ? { id, ...entry } : { id, status: "found", ...entry };
  });
}
