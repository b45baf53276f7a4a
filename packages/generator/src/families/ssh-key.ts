import { randomBytes } from "node:crypto";

const SEED_BYTES = 32;

/** A new private key in OpenSSH's format, not locked. */
export async function makeSshKey(comment = ""): Promise<Uint8Array> {
  const { getKeys } = await import("micro-key-producer/ssh.js");
  return new TextEncoder().encode(getKeys(randomBytes(SEED_BYTES), comment).privateKey);
}

/**
 * The line of `authorized_keys` for a private key.
 *
 * @throws when `key` is no Ed25519 key in OpenSSH's format; its text is not to be shown
 */
export async function publicOfSshKey(key: Uint8Array): Promise<Uint8Array> {
  const { formatPublicKey, PrivateExport } = await import("micro-key-producer/ssh.js");
  const [pair] = PrivateExport.decode(new TextDecoder().decode(key)).keys;
  if (pair === undefined) throw new TypeError("There is no key");
  return new TextEncoder().encode(formatPublicKey(pair.privKey.pubKey, pair.privKey.comment));
}
