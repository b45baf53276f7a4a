import type { GpgSpec } from "./family-spec.js";

/** Characters of a password of a key, as kees has it: 128 bits' worth of its size, an eighth of that in characters. */
export const GPG_PASSWORD_LENGTH = 16;

/** A new private key, locked with a password, armoured. */
export async function makeGpgKey(spec: GpgSpec, password: Uint8Array): Promise<Uint8Array> {
  const { generateKey } = await import("openpgp");
  const { privateKey } = await generateKey({
    type: "rsa",
    rsaBits: spec.bits,
    userIDs: [userOf(spec.userId)],
    passphrase: new TextDecoder().decode(password),
    format: "armored",
  });
  return new TextEncoder().encode(privateKey);
}

/**
 * The public key of a private one, armoured. It need not be unlocked for that.
 *
 * @throws when `key` is no armoured private key; its text is not to be shown
 */
export async function publicOfGpgKey(key: Uint8Array): Promise<Uint8Array> {
  const { readPrivateKey } = await import("openpgp");
  const privateKey = await readPrivateKey({ armoredKey: new TextDecoder().decode(key) });
  return new TextEncoder().encode(privateKey.toPublic().armor());
}

/** The parts of `Name<email>`. */
function userOf(userId: string): { readonly name: string; readonly email: string } {
  const { name = "", email = "" } = /^(?<name>[^<]+)<(?<email>[^>]+)>$/.exec(userId)?.groups ?? {};
  return { name: name.trim(), email };
}
