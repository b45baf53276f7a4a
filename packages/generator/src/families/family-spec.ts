/** What is to be generated. Equal specifications give values of one sort, never equal values. */
export type FamilySpec = KeyPairSpec | SshSpec | GpgSpec | RandomSpec | PasswordSpec | UuidSpec;

/** Families of two keys: `private` as PKCS #8 and `public` as SubjectPublicKeyInfo. */
export type KeyPairSpec = RsaSpec | EcSpec | Ed25519Spec;

/** How a key is written: the bytes of its structure, or those as text between `-----BEGIN` and `-----END`. */
export type KeyForm = "der" | "pem";

/** An RSA key pair. */
export interface RsaSpec {
  readonly type: "rsa";
  readonly bits: 2048 | 3072 | 4096;
  readonly form: KeyForm;
}

/** A key pair on an elliptic curve. */
export interface EcSpec {
  readonly type: "ec";
  readonly curve: "P-256" | "P-384" | "P-521";
  readonly form: KeyForm;
}

/** An Ed25519 key pair. */
export interface Ed25519Spec {
  readonly type: "ed25519";
  readonly form: KeyForm;
}

/** An Ed25519 key for SSH: `private` in OpenSSH's own format, `public` as a line of `authorized_keys`. */
export interface SshSpec {
  readonly type: "ssh";
  /** Stands at the end of the public line; nothing when absent. */
  readonly comment?: string;
}

/**
 * An OpenPGP key with a subkey for encryption, both RSA: `password`, `private` locked with that password, and
 * `public`, the keys armoured.
 */
export interface GpgSpec {
  readonly type: "gpg";
  readonly bits: 2048 | 3072 | 4096;
  /** `Name<email>`. */
  readonly userId: string;
}

/** Random bytes. */
export interface RandomSpec {
  readonly type: "random";
  /** How many bytes; at least 1. */
  readonly bytes: number;
}

/** A password, and what is in it. */
export interface PasswordSpec {
  readonly type: "password";
  /** How many characters. */
  readonly length: number;
  /** What it is made of, every character as likely as the others; letters and digits of ASCII when absent. */
  readonly alphabet?: string;
  /** Sets of characters of which the password has at least one each; all within the alphabet. */
  readonly require?: readonly string[];
}

/** A random UUID, version 4 (RFC 9562). */
export interface UuidSpec {
  readonly type: "uuid";
}
