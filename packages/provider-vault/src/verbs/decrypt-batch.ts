import { type Failure, type SecretRecord, SecretValue, type SecretVersion } from "@sluice/core";
import { failureOfReply, says } from "../failure/failure-of-reply.js";
import { badPath, malformed, unsupported } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import type { EngineParameters } from "../mount/engine-parameters.js";
import { apiPath } from "../mount/mount.js";
import type { Ask } from "../mount/mount-table.js";
import type { Place } from "../mount/place.js";
import { objectIn, type VaultReply } from "../transport/vault-reply.js";

/** A ciphertext, with what it may need besides. */
export type Ciphertext = Readonly<Record<string, string>>;

const KNOWN: ReadonlySet<string> = new Set(["ciphertext", "context", "nonce", "associated_data"]);

/** Whether a place is where a transit engine decrypts what it is handed: `transit/decrypt/KEY?ciphertext=…`. */
export function isDecryption({ mount, below, parameters }: Place): boolean {
  return mount.kind === "transit" && below.startsWith("decrypt/") && parameters !== undefined;
}

/**
 * The ciphertext that a transit engine is handed.
 *
 * @throws {Refusal} for anything else: one item of a batch that makes no sense would fail all of it.
 */
export function ciphertextIn(parameters: EngineParameters, version: SecretVersion): Ciphertext {
  if (version.kind !== "latest")
    throw new Refusal(
      unsupported(
        "version",
        "has a version that cannot be asked for: a ciphertext says itself which it needs",
        "Leave the version out",
      ),
    );
  const texts = Object.entries(parameters).every(
    ([name, value]) => KNOWN.has(name) && typeof value === "string",
  );
  if (!texts || !Object.hasOwn(parameters, "ciphertext"))
    throw new Refusal(
      badPath("decrypting takes a ciphertext, and if need be a context, a nonce, associated_data"),
    );
  return parameters as Ciphertext;
}

/**
 * Decrypts many ciphertexts of one key with one call; the answers are in their order. Rejects with a
 * {@link Refusal} that concerns all of them, or with the signal's reason.
 */
export async function decryptBatch(
  ask: Ask,
  { mount, below }: Place,
  ciphertexts: readonly Ciphertext[],
  signal: AbortSignal,
): Promise<readonly (SecretRecord | Failure)[]> {
  const body = { batch_input: ciphertexts };
  const reply = await ask({ method: "POST", path: apiPath(mount, below), body, signal });
  // If a single one fails the whole answer has the status of that, and still holds the others.
  const results: unknown = objectIn(reply.body, "data")?.["batch_results"];
  if (Array.isArray(results) && results.length === ciphertexts.length)
    return results.map((result: unknown) => plaintextIn(result) ?? failureOfItem(reply));
  throw new Refusal(failureOfBatch(reply));
}

function plaintextIn(result: unknown): SecretRecord | undefined {
  const { plaintext, error } = result as { readonly plaintext?: unknown; readonly error?: unknown };
  if (typeof plaintext !== "string" || error) return undefined;
  return { value: SecretValue.fromBytes(Buffer.from(plaintext, "base64")) };
}

function failureOfItem(reply: VaultReply): Failure {
  if (reply.status >= 500) return failureOfReply(reply);
  return {
    status: "invalid",
    reason: "cannot-decrypt",
    message: "cannot be decrypted: it was not encrypted with this key, or with a version that is not allowed",
    remedy: "Check the key's name, its min_decryption_version, and that the ciphertext is whole",
  };
}

function failureOfBatch(reply: VaultReply): Failure {
  if (reply.status === 200) return malformed();
  if (says(reply, "encryption key not found"))
    return {
      status: "not-found",
      reason: "no-such-key",
      message: "cannot be decrypted: there is no such key",
      remedy: "Correct the key's name, or create the key",
    };
  return failureOfReply(reply);
}
