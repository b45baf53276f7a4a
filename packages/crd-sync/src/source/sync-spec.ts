import type { Decoding, SecretReference, SecretValue } from "@sluice/core";

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
}

/** What is read: no two inputs may give the same key. */
export type SyncInput =
  /** One value under one key. */
  | { readonly kind: "value"; readonly key: string; readonly reference: SecretReference }
  /** Each field of a secret. */
  | {
      readonly kind: "fields";
      readonly reference: SecretReference;
      readonly prefix: string;
      readonly decode: readonly Decoding[];
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
}

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
  /** Take over an object that no sync made; `owned`: one that what asks for it owns already. */
  readonly adopt: boolean | "owned";
  /**
   * Makes the object's data of the values, by whatever rule the source has. What it throws that is no `SluiceError`
   * is taken for a fault of ours; no message may hold a value. Absent: the values as they are.
   */
  readonly shape?: (values: SyncedValues, signal: AbortSignal) => Promise<SyncedValues>;
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
