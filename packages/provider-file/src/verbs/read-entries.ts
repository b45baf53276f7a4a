import { failureOf } from "../failure/failure-of.js";
import type { Entry } from "../store/file-store.js";
import type { StoreAccess } from "../store/open-store.js";

/** An entry for every path; what concerns the whole store is the failure of each. */
export async function readEntries(
  access: StoreAccess,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Entry>> {
  try {
    const store = await access.store();
    return await store.read(paths);
  } catch (error) {
    const failure = failureOf(error, access.path);
    return new Map(paths.map((path) => [path, failure]));
  }
}
