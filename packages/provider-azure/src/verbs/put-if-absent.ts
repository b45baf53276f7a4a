import type { SecretClient, SecretProperties } from "@azure/keyvault-secrets";
import type { Failure, PutOutcome } from "@sluice/core";
import { failureOf } from "../failure/failure-of.js";
import type { VaultClients } from "../vault/vault-clients.js";

/**
 * Writes a secret that is not there. Key Vault cannot be told to: so we look at its versions before, and afterwards
 * at who else has written. Whoever finds nobody else, or only later ones, has created it; the later ones find us.
 */
export async function putIfAbsent(
  clients: VaultClients,
  name: string,
  text: string,
  abortSignal: AbortSignal,
): Promise<PutOutcome> {
  const client = await clients.secrets();
  const versions = async (): Promise<readonly SecretProperties[]> =>
    (await clients.observe(abortSignal, async () => versionsOf(client, name, abortSignal))).result;
  // Also of a secret that is disabled, or that we may not read; and who may not look does not get as far as writing.
  if ((await versions()).length > 0) return { status: "exists" };
  const { version, createdOn } = (await client.setSecret(name, text, { abortSignal })).properties;
  // Within one second nothing tells who was first.
  const others = (await versions()).filter((other) => other.version !== version);
  return others.every((other) => isLater(other.createdOn, createdOn))
    ? { status: "created", ...(version !== undefined && { version }) }
    : RACED;
}

async function versionsOf(
  client: SecretClient,
  name: string,
  abortSignal: AbortSignal,
): Promise<readonly SecretProperties[]> {
  try {
    return await Array.fromAsync(client.listPropertiesOfSecretVersions(name, { abortSignal }));
  } catch (error) {
    if (failureOf(error).status === "not-found") return [];
    throw error;
  }
}

function isLater(one: Date | undefined, other: Date | undefined): boolean {
  return one !== undefined && other !== undefined && one > other;
}

const RACED: Failure = {
  status: "conflict",
  reason: "raced",
  message: "was created by somebody else at the same time: which of the two values stands is not known",
  remedy: "Read it, and use what stands; the other one is its version before",
};
