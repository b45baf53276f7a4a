import type { PutOutcome, PutRequest } from "@sluice/core";
import type { SecretClient } from "@azure/keyvault-secrets";
import { failureOf } from "../failure/failure-of.js";
import { onlySecrets } from "../failure/failures.js";
import { isFailure } from "../util/is-failure.js";
import { parsePath } from "../vault/parse-path.js";
import type { VaultClients } from "../vault/vault-clients.js";
import { putIfAbsent } from "./put-if-absent.js";

/**
 * Writes a new version of a secret, with the content type and the tags of the version before it; with a condition only
 * the first.
 */
export async function putSecret(
  clients: VaultClients,
  { path, value, condition }: PutRequest,
  abortSignal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<PutOutcome> {
  const object = parsePath(path);
  if (isFailure(object)) return object;
  if (object.kind !== "secrets") return onlySecrets("written");
  const text = value.textOrUndefined();
  if (text === undefined) return NOT_TEXT;
  try {
    if (condition !== undefined) return await putIfAbsent(clients, object.name, text, abortSignal);
    const client = await clients.secrets();
    const { there, kept } = await latest(client, object.name, abortSignal);
    const { properties } = await client.setSecret(object.name, text, { ...kept, abortSignal });
    return {
      status: there ? "updated" : "created",
      ...(properties.version !== undefined && { version: properties.version }),
    };
  } catch (error) {
    onError(error);
    return failureOf(error);
  }
}

/** What stays of the latest version. Who may not read it may still write; then nothing of it is known. */
async function latest(
  client: SecretClient,
  name: string,
  abortSignal: AbortSignal,
): Promise<{
  readonly there: boolean;
  readonly kept: { contentType?: string; tags?: Record<string, string> };
}> {
  try {
    const { contentType, tags } = (await client.getSecret(name, { abortSignal })).properties;
    return {
      there: true,
      kept: { ...(contentType !== undefined && { contentType }), ...(tags && { tags }) },
    };
  } catch (error) {
    const { status } = failureOf(error);
    if (status === "not-found") return { there: false, kept: {} };
    if (status === "disabled" || status === "denied") return { there: true, kept: {} };
    throw error;
  }
}

const NOT_TEXT: PutOutcome = {
  status: "invalid",
  reason: "not-text",
  message: "cannot be written: Key Vault holds text only",
  remedy: "Encode the value, in Base64 for instance, and read it with ?decode=base64",
};
