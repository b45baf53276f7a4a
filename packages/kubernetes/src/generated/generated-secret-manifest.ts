import type { KubernetesObject } from "../objects/kubernetes-object.js";
import type { ObjectCondition } from "../objects/object-condition.js";

/** A `GeneratedSecret` as it stands in a manifest: a secret of a store that is created, once, if it is not there. */
export interface GeneratedSecretManifest extends KubernetesObject {
  readonly apiVersion: "sluice.dev/v1alpha1";
  readonly kind: "GeneratedSecret";
  readonly spec: GeneratedSecretSpec;
  readonly status?: GeneratedSecretStatus;
}

/** What can be generated. */
export const GENERATED_TYPES = ["RSA", "EC", "Ed25519", "SSH", "GPG", "Random", "Password", "UUID"] as const;

/** What can be generated. */
export type GeneratedType = (typeof GENERATED_TYPES)[number];

/** Members of what is generated: of single values there is `value` only. */
export type GeneratedField = "value" | "private" | "public" | "password";

/** What a `GeneratedSecret` asks for. */
export interface GeneratedSecretSpec {
  /** Name of a store of the generator's configuration. */
  readonly store: string;
  /** Where in the store. */
  readonly path: string;
  readonly type: GeneratedType;
  /**
   * The key under which each member stands, all of them in one JSON object at `path`. Without, a single value stands
   * at `path`, and each member of a family at `path`, the separator and its name.
   */
  readonly keys?: Partial<Readonly<Record<GeneratedField, string>>>;
  /** Between `path` and a member's name; `_` by default. */
  readonly separator?: string;
  /** Of an RSA or GPG key; 3072 by default. */
  readonly bits?: 2048 | 3072 | 4096;
  /** Of an EC key; P-256 by default. */
  readonly curve?: "P-256" | "P-384" | "P-521";
  /** How RSA, EC and Ed25519 keys are written; PEM by default. */
  readonly form?: "PEM" | "DER";
  /** How many, of random data; 32 by default. */
  readonly bytes?: number;
  /** Characters of a password; 32 by default. */
  readonly length?: number;
  /** What a password is made of; letters and digits by default. */
  readonly alphabet?: string;
  /** Sets of characters of each of which a password has one at least. */
  readonly require?: readonly string[];
  /** Of a GPG key, `Name<email>`. */
  readonly userId?: string;
  /** Of an SSH key. */
  readonly comment?: string;
  /** How members are written; `base64` by default for what is no text, otherwise `none`. */
  readonly encoding?: "none" | "base64" | "base64url" | "hex";
}

/** What became of a `GeneratedSecret`. */
export interface GeneratedSecretStatus {
  /** Paths that this resource's secret has in its store. */
  readonly paths?: readonly string[];
  readonly conditions?: readonly ObjectCondition[];
}
