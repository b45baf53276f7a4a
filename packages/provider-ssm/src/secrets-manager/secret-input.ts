import { createHash } from "node:crypto";
import type { Failure, PutRequest, SecretValue } from "@sluice/core";
import { EMPTY } from "../failure/failures.js";

/** Largest value that AWS holds, in bytes. */
const MOST_BYTES = 65_536;

/** A value as AWS is given it. */
export type SecretInput = { readonly SecretString: string } | { readonly SecretBinary: Uint8Array };

/** Text as text, so that consoles and other readers show it as such; anything else as bytes. */
export function secretInput(value: SecretValue): SecretInput | Failure {
  if (value.byteLength === 0) return EMPTY;
  if (value.byteLength > MOST_BYTES)
    return {
      status: "invalid",
      reason: "too-large",
      message: "cannot be written: Secrets Manager holds 64 KiB at most",
    };
  const text = value.textOrUndefined();
  return text === undefined ? { SecretBinary: value.bytes() } : { SecretString: text };
}

/**
 * The token by which AWS knows a repetition, and which becomes the version's id; nothing without a key. It tells
 * nothing of the value, and is another one for each secret.
 */
export function requestToken({ path, idempotencyKey }: PutRequest): string | undefined {
  if (idempotencyKey === undefined) return undefined;
  return createHash("sha256")
    .update(JSON.stringify([path, idempotencyKey]))
    .digest("hex");
}
