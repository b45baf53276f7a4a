import { createCipheriv, createHash, sign } from "node:crypto";
import { armored, fourBytes, integer, packet, subpacket, TAG, twoBytes } from "./openpgp-packets.js";
import { inverse, type LocalRsaKey } from "./local-rsa-key.js";

/** Both parts of a key in the armour of RFC 4880. */
export interface LocalGpgKey {
  readonly publicKey: string;
  /** Encrypted with the key's password. */
  readonly privateKey: string;
}

/** 2010-01-01, in seconds: a key's name follows from its age too. */
const CREATED = fourBytes(Date.UTC(2010, 0, 1) / 1000);
const VERSION = 4;
const RSA = 1;
const SHA256 = 8;
const AES256 = 9;
/** Certify, sign, encrypt in transit, encrypt at rest. */
const USES = 0x01 | 0x02 | 0x04 | 0x08;
const POSITIVE_CERTIFICATION = 0x13;

/**
 * An RSA key as an OpenPGP key of a user: the same bytes for the same user and password, which no library gives,
 * for the salts it has are random. For local mode only: RFC 4880, 5.2.4, 5.5 and 12.2.
 */
export function localGpgKey(rsa: LocalRsaKey, userId: string, password: Uint8Array): LocalGpgKey {
  const user = Buffer.from(userId);
  const key = Buffer.concat([
    Buffer.of(VERSION),
    CREATED,
    Buffer.of(RSA),
    integer(rsa.numbers.n),
    integer(rsa.numbers.e),
  ]);
  const certified = [packet(TAG.user, user), packet(TAG.signature, certification(rsa, key, user))];
  const secret = Buffer.concat([key, encrypted(rsa, password)]);
  return {
    publicKey: armored("PUBLIC KEY", Buffer.concat([packet(TAG.publicKey, key), ...certified])),
    privateKey: armored("PRIVATE KEY", Buffer.concat([packet(TAG.secretKey, secret), ...certified])),
  };
}

/** The key says itself that it is this user's. */
function certification(rsa: LocalRsaKey, key: Buffer, user: Buffer): Buffer {
  const named = Buffer.concat([Buffer.of(0x99), twoBytes(key.length), key]);
  const fingerprint = createHash("sha1").update(named).digest();
  const hashed = Buffer.concat([
    subpacket(2, CREATED),
    subpacket(27, Buffer.of(USES)),
    subpacket(11, Buffer.of(AES256)),
    subpacket(21, Buffer.of(SHA256)),
    subpacket(33, Buffer.concat([Buffer.of(VERSION), fingerprint])),
  ]);
  const start = Buffer.concat([
    Buffer.of(VERSION, POSITIVE_CERTIFICATION, RSA, SHA256),
    twoBytes(hashed.length),
    hashed,
  ]);
  const content = Buffer.concat([
    named,
    Buffer.of(0xb4),
    fourBytes(user.length),
    user,
    start,
    Buffer.of(VERSION, 0xff),
    fourBytes(start.length),
  ]);
  const issuer = subpacket(16, fingerprint.subarray(-8));
  const signature = BigInt(`0x${sign("sha256", content, rsa.privateKey).toString("hex")}`);
  const digest = createHash("sha256").update(content).digest();
  return Buffer.concat([start, twoBytes(issuer.length), issuer, digest.subarray(0, 2), integer(signature)]);
}

/** What is iterated over, in bytes: the count that `COUNT` is the code of. */
const HASHED_BYTES = 65_536;
const COUNT = 0x60;
const SALTED_AND_ITERATED = 3;
const WITH_SHA1 = 254;

/** The secret numbers of a key, behind its password. */
function encrypted({ numbers: { d, p, q }, spki }: LocalRsaKey, password: Uint8Array): Buffer {
  const [salt, iv] = [8, 16].map((length) => createHash("sha256").update(spki).digest().subarray(0, length));
  if (salt === undefined || iv === undefined) throw new Error("Two were asked for");
  const [low, high] = p < q ? [p, q] : [q, p];
  const secret = Buffer.concat([d, low, high, inverse(low, high)].map(integer));
  const checked = Buffer.concat([secret, createHash("sha1").update(secret).digest()]);
  const cipher = createCipheriv("aes-256-cfb", passwordKey(salt, password), iv);
  return Buffer.concat([
    Buffer.of(WITH_SHA1, AES256, SALTED_AND_ITERATED, SHA256),
    salt,
    Buffer.of(COUNT),
    iv,
    cipher.update(checked),
    cipher.final(),
  ]);
}

function passwordKey(salt: Uint8Array, password: Uint8Array): Buffer {
  const once = Buffer.concat([salt, password]);
  const times = Math.ceil(HASHED_BYTES / once.length);
  const repeated = Buffer.concat(Array.from({ length: times }, () => once));
  return createHash("sha256").update(repeated.subarray(0, HASHED_BYTES)).digest();
}
