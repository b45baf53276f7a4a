/** How a value is turned into what the reader wants; applied left to right. */
export type Decoding = (typeof DECODINGS)[number];

/** What `decode=` of a reference may name. */
export const DECODINGS = [
  "base64",
  "base64url",
  "hex",
  "trim",
  "username",
  "password",
  // Other way round, for readers who want it so: as the functions b64enc, upper, lower, quote and urlquery of Go templates.
  "encode-base64",
  "upper",
  "lower",
  "quote",
  "urlquery",
] as const;

/** What is wanted, as data. See {@link parseReference} for the notation. */
export interface SecretReference {
  /** Name of a configured store: a DNS-1123 label. */
  readonly store: string;
  /** Path within the store, decoded; never empty, without `.` and `..` segments and control characters. */
  readonly path: string;
  /** The field of a secret that has several; the whole secret when absent. */
  readonly key?: string;
  /** An exact version, as the store writes it. Excludes `label`. */
  readonly version?: string;
  /** A named version: a stage, a label. Excludes `version`. */
  readonly label?: string;
  readonly decode?: readonly Decoding[];
  /** Reading issues something new (a credential, a token): never cached, shared or blindly retried. */
  readonly volatile?: boolean;
}

/** The scheme every reference begins with. */
export const REFERENCE_SCHEME = "secret://";

/** Longest reference accepted, in UTF-16 code units. */
export const MAX_REFERENCE_LENGTH = 4096;
