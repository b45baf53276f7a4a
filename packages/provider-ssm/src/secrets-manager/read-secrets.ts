import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { Failure, SecretRecord } from "@sluice/core";
import { defined } from "../aws/defined.js";
import { failureOf, mayDifferByItem } from "../failure/failure-of.js";
import { NOT_ANSWERED } from "../failure/failures.js";
import { failureOfItem, failureOfSecret } from "./failure-of-secret.js";
import { recordOf } from "./record-of.js";
import { isSecret, type VersionInput } from "./secret-target.js";

type SecretAnswer = SecretRecord | Failure;

/** Reads one version of one secret. */
export async function readSecret(
  client: SecretsManager,
  SecretId: string,
  version: VersionInput,
  abortSignal: AbortSignal,
): Promise<SecretAnswer> {
  try {
    return recordOf(await client.getSecretValue({ SecretId, ...version }, { abortSignal }));
  } catch (error) {
    return failureOfSecret(error);
  }
}

/**
 * Reads the latest version of up to 20 secrets in one call. One alone is read without the batch, which takes a
 * permission of its own; so is each of them, once, when the batch is refused as a whole.
 */
export async function readSecrets(
  client: SecretsManager,
  ids: readonly string[],
  abortSignal: AbortSignal,
): Promise<ReadonlyMap<string, SecretAnswer>> {
  try {
    if (ids.length > 1) return await readBatch(client, ids, abortSignal);
  } catch (error) {
    const failure = failureOf(error);
    if (!mayDifferByItem(failure)) return new Map(ids.map((id) => [id, failure]));
  }
  return new Map(
    await Promise.all(ids.map(async (id) => [id, await readSecret(client, id, {}, abortSignal)] as const)),
  );
}

async function readBatch(
  client: SecretsManager,
  ids: readonly string[],
  abortSignal: AbortSignal,
): Promise<ReadonlyMap<string, SecretAnswer>> {
  const answers = new Map<string, SecretAnswer>(ids.map((id) => [id, NOT_ANSWERED]));
  let NextToken: string | undefined;
  do {
    const page = await client.batchGetSecretValue(
      { SecretIdList: Array.from(ids), ...defined({ NextToken }) },
      { abortSignal },
    );
    for (const found of page.SecretValues ?? [])
      for (const id of ids) if (isSecret(id, found.Name, found.ARN)) answers.set(id, recordOf(found));
    for (const { SecretId, ErrorCode, Message } of page.Errors ?? [])
      if (SecretId !== undefined) answers.set(SecretId, failureOfItem(ErrorCode, Message));
    // A page may be short of what fits in one answer; the rest follows.
    NextToken = page.NextToken;
  } while (NextToken);
  return answers;
}
