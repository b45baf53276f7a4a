/** What the values of a kees secret are, and how its creator makes one. */
export type KeesSecretType = "RSA" | "GPG" | "RANDOM" | "PASSWORD";

/** What every annotation of kees says, whichever its sort. */
export interface KeesParameterBase {
  /** The annotation's whole key, for messages. */
  readonly annotation: string;
  /** What follows the slash of the key, its field with it: the key in the files that the init container writes. */
  readonly name: string;
  /** The name without its field: what families and local values go by. */
  readonly bareName: string;
  /** What a trailing `_[a-z]*` of the name holds: `public`, `private`, `password`, `consumer`, `provider`… */
  readonly field?: string;
  /** The path in the store without the storage prefix: the annotation's `storageKey`, else the name with its field. */
  readonly storageSuffix: string;
}

/** `secret.<domain>/<name>`. */
export interface KeesSecret extends KeesParameterBase {
  readonly is: "secret";
  /** `DYNAMIC` is created where it does not exist; `REFERENCE` never. */
  readonly kind: "DYNAMIC" | "REFERENCE";
  readonly type: KeesSecretType;
  /** Bits. Always there for `DYNAMIC`. */
  readonly size?: number;
  /** What local mode gives, in base64. */
  readonly localModeValue?: string;
  /** Whose key it is, as `name<email>`. Always there for `GPG`. */
  readonly userId?: string;
}

/** `resource.<domain>/<name>`: a setting somebody else has put in the store. */
export interface KeesResource extends KeesParameterBase {
  readonly is: "resource";
  /** What local mode gives, in base64. */
  readonly localModeValue?: string;
}

/** `lease.<domain>/<name>`: a number that no other pod has at the same time. */
export interface KeesLease extends KeesParameterBase {
  readonly is: "lease";
  readonly kind: "INDEX";
  /** The first number that may be given. */
  readonly rangeStart: number;
  /** The last number that may be given. */
  readonly rangeEnd: number;
}

/** Whatever an annotation asks for. */
export type KeesParameter = KeesSecret | KeesResource | KeesLease;

/** Where values come from: the store, the annotations themselves, or the latter where the store has none. */
export type KeesMode = "remote" | "local" | "remote-then-local";

/** Why an annotation cannot be followed. */
export interface KeesProblem {
  readonly annotation: string;
  /** What is wrong, without a full stop. */
  readonly problem: string;
  readonly remedy: string;
}

/** What the annotations of one pod ask for. */
export interface KeesAnnotations {
  /** In the order of their names. */
  readonly parameters: readonly KeesParameter[];
  readonly mode: KeesMode;
  /** `/` where no annotation says another. */
  readonly storagePrefix: string;
  /** Whether an annotation says the prefix. kees creates nothing for a pod without one. */
  readonly hasStoragePrefix: boolean;
  /** Annotations that were left out of `parameters`, and why. Whoever acts on the others must look here first. */
  readonly problems: readonly KeesProblem[];
}
