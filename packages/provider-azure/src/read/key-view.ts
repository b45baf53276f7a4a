import { createPublicKey, type JsonWebKey } from "node:crypto";
import { type Failure, SecretValue } from "@sluice/core";
import { fieldMissing } from "../failure/failures.js";
import { type ObjectProperties, recordOf } from "./object-properties.js";
import type { Stored } from "./stored.js";

/** The public half of a key as Key Vault tells it. */
export interface VaultKey {
  readonly kty?: string;
  readonly crv?: string;
  readonly n?: Uint8Array;
  readonly e?: Uint8Array;
  readonly x?: Uint8Array;
  readonly y?: Uint8Array;
}

/** A key: as a whole its public half, SPKI as PEM. Private halves never leave the vault. */
export function keyView(key: VaultKey, properties: ObjectProperties): Stored {
  return {
    record: recordOf(properties),
    whole: () => publicPem(key),
    field: (name) => fieldMissing(name, []),
  };
}

function publicPem(key: VaultKey): SecretValue | Failure {
  try {
    const pem = createPublicKey({ key: jwkOf(key), format: "jwk" }).export({ type: "spki", format: "pem" });
    return SecretValue.fromText(pem.toString());
  } catch {
    // Node.js says no more than that it cannot import the key.
    return {
      status: "unsupported",
      reason: "no-public-key",
      message: "has no public key that can be given",
      remedy: "Name an RSA or EC key",
    };
  }
}

function jwkOf({ kty, crv, n, e, x, y }: VaultKey): JsonWebKey {
  const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("base64url");
  // A key in hardware is of the same type outside of it.
  if (kty === "RSA" || kty === "RSA-HSM") return { kty: "RSA", n: text(n), e: text(e) };
  return { kty: "EC", crv: crv === "P-256K" ? "secp256k1" : (crv ?? ""), x: text(x), y: text(y) };
}
