import { checkPrime, createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

/** An RSA key with the numbers it is made of. */
export interface LocalRsaKey {
  readonly privateKey: KeyObject;
  /** The public key as SPKI, in DER. */
  readonly spki: Uint8Array;
  /** The private key as PKCS#8, in DER. */
  readonly pkcs8: Uint8Array;
  readonly numbers: { readonly n: bigint; readonly e: bigint; readonly d: bigint; p: bigint; q: bigint };
}

const EXPONENT = 65_537n;
const isPrime = promisify(checkPrime);

/**
 * The RSA key of a name: always the same, for local mode only. Takes parts of a second for 2048 bits.
 *
 * @param bits - An even number.
 */
export async function localRsaKey(name: string, bits: number): Promise<LocalRsaKey> {
  const p = await primeOf(`${name}/p`, bits / 2);
  const q = await primeOf(`${name}/q`, bits / 2);
  const n = p * q;
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const jwk = {
    kty: "RSA",
    n: base64Url(n),
    e: base64Url(EXPONENT),
    d: base64Url(d),
    p: base64Url(p),
    q: base64Url(q),
    dp: base64Url(d % (p - 1n)),
    dq: base64Url(d % (q - 1n)),
    qi: base64Url(inverse(q, p)),
  };
  const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
  return {
    privateKey,
    spki: createPublicKey(privateKey).export({ type: "spki", format: "der" }),
    pkcs8: privateKey.export({ type: "pkcs8", format: "der" }),
    numbers: { n, e: EXPONENT, d, p, q },
  };
}

/** The first prime, from where a name leads to, that the exponent goes with. Its two highest bits are set. */
async function primeOf(name: string, bits: number): Promise<bigint> {
  const digest = createHash("shake256", { outputLength: bits / 8 })
    .update(name)
    .digest("hex");
  let candidate = BigInt(`0x${digest}`) | (3n << BigInt(bits - 2)) | 1n;
  while (candidate % EXPONENT === 1n || !(await isPrime(candidate))) candidate += 2n;
  return candidate;
}

/** The inverse of a number, by the extended algorithm of Euclid. */
export function inverse(number: bigint, modulus: bigint): bigint {
  let [rest, next] = [modulus, number % modulus];
  let [before, result] = [0n, 1n];
  while (next !== 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [before, result] = [result, before - quotient * result];
  }
  return ((before % modulus) + modulus) % modulus;
}

/** A number as bytes, the highest first, without a leading nought. */
export function bytesOf(number: bigint): Buffer {
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

function base64Url(number: bigint): string {
  return bytesOf(number).toString("base64url");
}
