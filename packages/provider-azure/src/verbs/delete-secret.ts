import type { DeleteOutcome, DeleteRequest } from "@sluice/core";
import { failureOf } from "../failure/failure-of.js";
import { onlySecrets } from "../failure/failures.js";
import { isFailure } from "../util/is-failure.js";
import { parsePath } from "../vault/parse-path.js";
import type { VaultClients } from "../vault/vault-clients.js";

/**
 * Deletes a secret with all its versions. A vault with soft delete keeps it to be recovered until it is purged, and
 * nothing can be written by its name until then.
 */
export async function deleteSecret(
  clients: VaultClients,
  { path, ifVersion }: DeleteRequest,
  abortSignal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<DeleteOutcome> {
  const object = parsePath(path);
  if (isFailure(object)) return object;
  if (object.kind !== "secrets") return onlySecrets("deleted");
  if (ifVersion !== undefined) return NO_CONDITION;
  try {
    const client = await clients.secrets();
    await client.beginDeleteSecret(object.name, { abortSignal });
    return { status: "deleted" };
  } catch (error) {
    onError(error);
    return failureOf(error);
  }
}

const NO_CONDITION: DeleteOutcome = {
  status: "unsupported",
  reason: "condition",
  message: "cannot be deleted at one version only: Key Vault deletes all of them",
  remedy: "Leave the version out",
};
