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
  { path }: DeleteRequest,
  abortSignal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<DeleteOutcome> {
  const object = parsePath(path);
  if (isFailure(object)) return object;
  if (object.kind !== "secrets") return onlySecrets("deleted");
  try {
    const client = await clients.secrets();
    await client.beginDeleteSecret(object.name, { abortSignal });
    return { status: "deleted" };
  } catch (error) {
    onError(error);
    return failureOf(error);
  }
}
