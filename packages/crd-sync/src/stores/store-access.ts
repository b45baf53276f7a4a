import { isAllowed } from "@sluice/core";
import type { Store, StoreCatalogue } from "@sluice/kubernetes/stores";
import { SyncFailure } from "../source/sync-failure.js";
import type { Reader } from "./store-reader.js";

/** Which stores syncs may use, and what they may read of them. */
export class StoreAccess {
  /** @param audiences for which a `SecretStore` is given tokens, see {@link SyncControllerOptions.tokenAudiencesInNamespaces} */
  constructor(
    private readonly catalogue: Pick<StoreCatalogue, "find">,
    private readonly audiences: readonly string[],
  ) {}

  /** The store of this name. @throws {SyncFailure} unless it can be used. */
  find({ namespace }: Reader, name: string): Store {
    const found = this.catalogue.find(namespace, name);
    switch (found.status) {
      case "missing":
        throw new SyncFailure("UnknownStore", `namespace ${namespace} has no store "${name}"`, "store");
      case "unknown":
        throw new SyncFailure(
          "ClusterUnavailable",
          `store "${name}" cannot be looked up: ${found.problem}`,
          "cluster",
        );
      case "invalid":
        throw new SyncFailure("StoreInvalid", `store "${name}" cannot be used: ${found.problem}`, "store");
      case "found":
    }
    const { kind, identity } = found.store;
    if (kind === "SecretStore" && identity.as === "pod") this.#assertAudience(name, identity.audience);
    if (found.store.suspended)
      throw new SyncFailure("StoreSuspended", `store "${name}" is suspended`, "store");
    return found.store;
  }

  #assertAudience(name: string, audience: string): void {
    if (this.audiences.includes(audience)) return;
    throw new SyncFailure(
      "StoreInvalid",
      `store "${name}" may not have tokens created for the audience ${audience}, for its author would be whom they ` +
        "prove to be; have the operator of the controller allow the audience",
      "store",
    );
  }
}

/** Whether a store's access list has a reader for a path. */
export function mayRead({ access }: Store, { namespace, serviceAccount }: Reader, path: string): boolean {
  return isAllowed(access, { namespace, serviceAccount, path });
}

/** @throws {SyncFailure} `NotAuthorized` */
export function assertAllowed(store: Store, reader: Reader, path: string): void {
  if (mayRead(store, reader, path)) return;
  const { namespace, serviceAccount } = reader;
  throw new SyncFailure(
    "NotAuthorized",
    `service account ${namespace}/${serviceAccount} may not read "${path}" of store "${store.name}"`,
    "store",
  );
}
