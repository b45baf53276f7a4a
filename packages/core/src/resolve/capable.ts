import { StoreError } from "../errors/store-error.js";
import { type Identity, identityName } from "../provider/identity.js";
import type { Failure } from "../provider/secret-outcome.js";
import type { SecretProvider } from "../provider/secret-provider.js";
import type { Store } from "./store-set.js";

type Verb = "list" | "put" | "delete" | "check" | "watch";

/**
 * A store's provider, known to have the verb and to act as this identity. Throws a {@link StoreError} where it
 * does not: asked on a workload's behalf it would answer with rights of its own.
 */
export function capable<Name extends Verb>(
  store: Store,
  verb: Name,
  identity: Identity,
): SecretProvider & { [Key in Name]-?: NonNullable<SecretProvider[Key]> } {
  const { handle } = store;
  const lacking =
    handle.definition.capabilities[verb] === undefined || handle.provider[verb] === undefined
      ? lacks(store, `a way to ${verb}`, "Use a store whose provider has it")
      : lacksDelegation(store, identity);
  if (lacking !== undefined) throw new StoreError(handle.store, lacking);
  return handle.provider as SecretProvider & { [Key in Name]-?: NonNullable<SecretProvider[Key]> };
}

/** The failure of a request that needs what the provider does not have. */
export function lacks({ handle }: Store, what: string, remedy: string): Failure {
  return {
    status: "unsupported",
    reason: "capability",
    message: `needs ${what}, which the provider "${handle.definition.provider}" does not have`,
    remedy,
  };
}

/** The failure of a request on a workload's behalf, if the provider cannot log in as one. */
export function lacksDelegation(store: Store, identity: Identity): Failure | undefined {
  if (identity.kind === "self" || store.handle.definition.capabilities.delegation === true) return undefined;
  return lacks(
    store,
    `to log in as ${identityName(identity)}`,
    "Let this store be read with its own identity",
  );
}
