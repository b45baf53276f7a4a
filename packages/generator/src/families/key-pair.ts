import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { KeyForm, KeyPairSpec } from "./family-spec.js";

/** A new private key, PKCS #8. */
export function makePrivateKey(spec: KeyPairSpec): Uint8Array {
  return written(generate(spec).privateKey, spec.form, "pkcs8");
}

/**
 * The public key of a private one, SubjectPublicKeyInfo.
 *
 * @throws when `key` is no private key of that form; its text is not to be shown
 */
export function publicOfPrivate(key: Uint8Array, form: KeyForm): Uint8Array {
  const privateKey = createPrivateKey({ key: Buffer.from(key), format: form, type: "pkcs8" });
  return written(createPublicKey(privateKey), form, "spki");
}

function generate(spec: KeyPairSpec): { readonly privateKey: KeyObject } {
  switch (spec.type) {
    case "rsa":
      return generateKeyPairSync("rsa", { modulusLength: spec.bits, publicExponent: 65_537 });
    case "ec":
      return generateKeyPairSync("ec", { namedCurve: spec.curve });
    case "ed25519":
      return generateKeyPairSync("ed25519");
  }
}

function written(key: KeyObject, form: KeyForm, type: "pkcs8" | "spki"): Uint8Array {
  const options = { type } as { readonly type: "spki" };
  if (form === "der") return Uint8Array.from(key.export({ format: "der", ...options }));
  return new TextEncoder().encode(key.export({ format: "pem", ...options }) as string);
}
