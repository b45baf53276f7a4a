import type { Decoding, Failure, SecretReference, SecretValue } from "@sluice/core";

/** Values by the key they are to have. */
export type SyncedValues = ReadonlyMap<string, SecretValue>;

/** What is to be read, and the objects that are to be kept equal to it, whichever kind asked for it. */
export interface SyncSpec {
  /** Nothing is read or written for now. */
  readonly suspended: boolean;
  /** Service account of the namespace that access lists of stores are held against. */
  readonly serviceAccount: string;
  /** Milliseconds after which a change in a store is seen at the latest. */
  readonly intervalMs: number;
  readonly inputs: readonly SyncInput[];
  /** Each has another kind and name. None: what was written before is taken back. */
  readonly outputs: readonly OutputSpec[];
  /** Absent: new values are brought at any time. */
  readonly window?: UpdateWindow;
  /** Of inputs that give the same key the later wins; otherwise none may. */
  readonly laterWins?: boolean;
  /** A change of what is asked for has the stores read anew, whatever was read of them a moment ago. */
  readonly rereads?: boolean;
  /**
   * What was written stays, whatever the stores hold then: until something else is asked for, or for good. It is written
   * again only when somebody changed or deleted it.
   */
  readonly frozen?: "until-changed" | "for-good";
}

/** What is read: no two inputs may give the same key, unless the later wins. */
export type SyncInput =
  /** One value under one key. */
  | {
      readonly kind: "value";
      readonly key: string;
      readonly reference: SecretReference;
      readonly convert?: ConvertValue;
    }
  /** Each field of a secret. */
  | {
      readonly kind: "fields";
      readonly reference: SecretReference;
      readonly prefix: string;
      readonly decode: readonly Decoding[];
      readonly convert?: ConvertValue;
      /** Key of a field; by default its name after the prefix, with `_` for what no key may have. */
      readonly keyOf?: (name: string) => string;
    }
  /** Every secret of a store that fits. */
  | SearchInput;

/** Secrets that are looked for by what their paths begin with, their names and their tags. */
export interface SearchInput {
  readonly kind: "search";
  readonly store: string;
  /** What paths begin with. */
  readonly path: string;
  /** Whether the rest of a path fits. */
  readonly fits: (rest: string) => boolean;
  /** Tags that a secret must have. */
  readonly tags: Readonly<Record<string, string>>;
  readonly prefix: string;
  readonly decode: readonly Decoding[];
  readonly convert?: ConvertValue;
  /** Key of a path; by default what follows its beginning, after the prefix, with `_` for what no key may have. */
  readonly keyOf?: (path: string) => string;
}

/** Makes of a value that was read, and decoded, the one that is wanted. Pure. */
export type ConvertValue = (value: SecretValue) => SecretValue | Failure;

/** One object that is kept equal. It is in the namespace of what asked for it. */
export interface OutputSpec {
  readonly kind: OutputKind;
  readonly name: string;
  /** Of a Secret. */
  readonly type?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly creationPolicy: CreationPolicy;
  readonly deletionPolicy: "Retain" | "Delete";
  /**
   * Take over an object that no sync made; `owned`: one that what asks for it owns already; a label: one that it owns, or
   * that has the label and is owned by nobody.
   */
  readonly adopt: boolean | "owned" | AdoptedLabel;
  /** Of a Secret: nobody can change it afterwards. What is there stays as it is. */
  readonly immutable?: boolean;
  /** The object stays when all its keys are gone. */
  readonly staysEmpty?: boolean;
  /**
   * Makes the object's data of the values, by whatever rule the source has. What it throws that is no `SluiceError`
   * is taken for a fault of ours; no message may hold a value. Absent: the values as they are.
   */
  readonly shape?: (values: SyncedValues, signal: AbortSignal) => Promise<SyncedValues>;
}

/** Label by which another controller marks what it makes. */
export interface AdoptedLabel {
  readonly label: string;
  readonly value: string;
}

/** What a sync can write. */
export type OutputKind = "Secret" | "ConfigMap";

/**
 * - `Owner`: the object is made, and goes with its last source.
 * - `Orphan`: it is made, and stays.
 * - `Merge`: it must be there; keys are added, and go with their source.
 */
export type CreationPolicy = "Owner" | "Merge" | "Orphan";

/** A time of the week in which values may change. */
export interface UpdateWindow {
  /** 0 is Sunday. */
  readonly days: ReadonlySet<number>;
  /** Minutes after midnight. */
  readonly from: number;
  /** Minutes after midnight; of the next day if it is not after `from`. */
  readonly to: number;
  readonly timeZone: string;
}
