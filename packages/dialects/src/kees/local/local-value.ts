import type { KeesLease, KeesSecret } from "../kees-parameter.js";
import { splitField } from "../read-kees-name.js";
import { JavaRandom, javaHashCode } from "./java-random.js";
import { localGpgKey } from "./local-gpg-key.js";
import { localRsaKey } from "./local-rsa-key.js";

/** What kees gives a secret in local mode, or why it gives none. */
export type LocalValue =
  | { readonly bytes: Uint8Array }
  | { readonly problem: string; readonly remedy: string };

const KEY_BITS = 2048;
/** Bits of the password of a GPG key: kees' own number, whatever the key's size. */
const GPG_PASSWORD_BITS = 128;

/**
 * The value of a secret without `localModeValue` in local mode. It follows from the name and the size alone, so
 * it is no secret. `RANDOM` and `PASSWORD` are the bytes that kees gives, which without a size are none; `RSA`
 * and `GPG` are the same at every call, and other than kees'.
 */
export async function localValue(secret: KeesSecret): Promise<LocalValue> {
  const { type, bareName, field, size = 0, userId = "" } = secret;
  if (type === "RANDOM") return { bytes: random(bareName, size) };
  if (type === "PASSWORD" || (type === "GPG" && field === "password"))
    return { bytes: password(bareName, type === "GPG" ? GPG_PASSWORD_BITS : size) };
  if (field !== "public" && field !== "private") return noPart(secret);
  // A GPG key is of this size in kees too, whatever its annotation says.
  const rsa = await localRsaKey(bareName, type === "GPG" ? KEY_BITS : size || KEY_BITS);
  if (type === "RSA") return { bytes: field === "public" ? rsa.spki : rsa.pkcs8 };
  const gpg = localGpgKey(rsa, userId, password(bareName, GPG_PASSWORD_BITS));
  return { bytes: Buffer.from(field === "public" ? gpg.publicKey : gpg.privateKey) };
}

/**
 * The index of a lease in local mode: kees' own, which goes by prefix and pod, and where that is outside the
 * range one inside.
 */
export function localLease(storagePrefix: string, pod: string, { rangeStart, rangeEnd }: KeesLease): number {
  const index = random(`${storagePrefix}/${pod}`, 24).reduce((sum, byte) => sum + byte, 0);
  return index >= rangeStart && index <= rangeEnd
    ? index
    : rangeStart + (index % (rangeEnd - rangeStart + 1));
}

function random(name: string, bits: number): Uint8Array {
  return generator(name).bytes(Math.floor(bits / 8));
}

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The first digits, to base 62, of a number that has a byte for each bit asked for. */
function password(name: string, bits: number): Uint8Array {
  let number = BigInt(`0x0${Buffer.from(generator(name).bytes(bits)).toString("hex")}`);
  const digits: string[] = [];
  do {
    digits.push(DIGITS.charAt(Number(number % 62n)));
    number /= 62n;
  } while (number > 0n);
  return Buffer.from(
    digits
      .reverse()
      .slice(0, Math.floor(bits / 8))
      .join(""),
  );
}

/** kees takes the field off once more here, so that `a_b_private` goes by `a`. */
function generator(name: string): JavaRandom {
  return new JavaRandom(javaHashCode(splitField(name).bareName));
}

function noPart({ annotation, type, bareName }: KeesSecret): LocalValue {
  const parts = type === "GPG" ? "_public, _private or _password" : "_public or _private";
  return {
    problem: `Annotation ${annotation} does not say which part of a key of type ${type} it is`,
    remedy: `End its name in ${parts}, as in ${bareName}_public, or give it a localModeValue`,
  };
}
