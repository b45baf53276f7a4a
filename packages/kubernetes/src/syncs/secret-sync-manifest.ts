import type { Decoding } from "@sluice/core";
import type { KubernetesObject } from "../objects/kubernetes-object.js";
import type { ObjectCondition } from "../objects/object-condition.js";

/** A `SecretSync` as it stands in a manifest: what is read from stores, and the object that is kept equal to it. */
export interface SecretSyncManifest extends KubernetesObject {
  readonly apiVersion: "sluice.dev/v1alpha1";
  readonly kind: "SecretSync";
  readonly spec: SecretSyncSpec;
  readonly status?: SecretSyncStatus;
}

/** Formats of files that a template can ask for. */
export const SYNC_FORMATS = [
  "json",
  "yaml",
  "dotenv",
  "java-properties",
  "csv",
  "tsv",
  "tfvars",
  "shell",
] as const;

/** Days as a window names them, in the order of JavaScript's `getDay`. */
export const SYNC_DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

/** What a `SecretSync` asks for. */
export interface SecretSyncSpec {
  /** Service account of the namespace that access lists of stores are held against; `default` by default. */
  readonly serviceAccountName?: string;
  /** Seconds after which a change in a store is seen at the latest; 300 by default. */
  readonly intervalSeconds?: number;
  /** Nothing is read or written while this is true. */
  readonly suspend?: boolean;
  readonly data?: readonly SyncedKey[];
  readonly extract?: readonly SyncedObject[];
  readonly find?: readonly SyncedSearch[];
  readonly template?: SyncTemplate;
  readonly window?: SyncWindow;
  readonly target?: SyncTarget;
}

/** One key of the output, and the reference its value comes from; decodings stand in the reference. */
export interface SyncedKey {
  readonly key: string;
  readonly from: string;
}

/** A secret that is a map: each of its fields becomes a key. */
export interface SyncedObject {
  readonly from: string;
  /** What the names of its keys begin with. */
  readonly prefix?: string;
  readonly decode?: readonly Decoding[];
}

/** All secrets of a store that fit: each becomes a key, named by its path. */
export interface SyncedSearch {
  readonly store: string;
  /** What paths begin with; it is left out of the names of keys. */
  readonly path?: string;
  /** Regular expression of RE2 that the rest of the path must fit as a whole. */
  readonly name?: string;
  /** Tags that a secret must have, where the store's listing tells them. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly prefix?: string;
  readonly decode?: readonly Decoding[];
}

/** Texts made of the values. */
export interface SyncTemplate {
  /** Whether the values stand in the output besides; false by default. */
  readonly keepValues?: boolean;
  readonly data: readonly SyncTemplateEntry[];
}

/** One of the two: a Go template, or all values as a file of a format. */
export interface SyncTemplateEntry {
  readonly key: string;
  readonly text?: string;
  readonly format?: (typeof SYNC_FORMATS)[number];
}

/** When new values may take the place of older ones. */
export interface SyncWindow {
  /** Every day by default. */
  readonly days?: readonly (typeof SYNC_DAYS)[number][];
  /** `HH:MM`. */
  readonly from: string;
  /** `HH:MM`; of the next day if it is not after `from`. */
  readonly to: string;
  /** Of the IANA database; `UTC` by default. */
  readonly timeZone?: string;
}

/** The object that a `SecretSync` writes. */
export interface SyncTarget {
  /** `Secret` by default. */
  readonly kind?: "Secret" | "ConfigMap";
  /** That of the `SecretSync` by default. */
  readonly name?: string;
  /** Of a Secret; `Opaque` by default. */
  readonly type?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** `Owner` by default. */
  readonly creationPolicy?: "Owner" | "Merge" | "Orphan";
  /** `Retain` by default. */
  readonly deletionPolicy?: "Retain" | "Delete";
  /** Whether an object that is there already, and that no sync made, is taken over; false by default. */
  readonly adopt?: boolean;
}

/** What became of a `SecretSync`. */
export interface SecretSyncStatus {
  /** `metadata.generation` that the status is about. */
  readonly observedGeneration?: number;
  /** When values were last brought into the output, or found there, RFC 3339. */
  readonly lastSyncTime?: string;
  /** When it is tried again, where something stands in the way, RFC 3339. */
  readonly nextSyncTime?: string;
  readonly conditions?: readonly ObjectCondition[];
  /** What the output is made of, with the versions that were read. */
  readonly observed?: readonly ObservedSecret[];
  /** What was written. */
  readonly outputs?: readonly ObservedOutput[];
}

/** A secret that went into an output, and its version. */
export interface ObservedSecret {
  /** Canonical form. */
  readonly reference: string;
  readonly version?: string;
}

/** An object that a sync wrote. */
export interface ObservedOutput {
  readonly kind: "Secret" | "ConfigMap";
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Of all that was written, keyed, so that it tells nothing of a value. */
  readonly hash: string;
  /** `metadata.generation` it was written for. */
  readonly generation: number;
  readonly keys: readonly string[];
}
