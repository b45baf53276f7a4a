import type { InjectionPlan, PlannedSpread } from "./injection-plan.js";
import type { PlannedNotify } from "./planned-notify.js";

/** Files that a writer must make of secrets, as data: paths and references, never a value. */
export interface FilesPlan {
  /** Version of the format it is written in. */
  readonly version: 1;
  /** Lowest version of a reader that may act on it. */
  readonly minReader: number;
  /** Features a reader must know, or refuse the plan; see {@link FILES_FEATURES}. */
  readonly critical: readonly string[];
  /** Folders that belong to the writer: all that is in one is exchanged at once. Absolute, none inside another. */
  readonly roots: readonly string[];
  readonly files: readonly PlannedFile[];
}

/** A file that is to be written. */
export interface PlannedFile {
  /** Absolute, below one of the roots; of the format `directory` the folder. */
  readonly path: string;
  readonly content: PlannedContent;
  /** Permissions in octal digits; by default 0440 where the owner is known by group only, else 0400. */
  readonly mode?: string;
  /** Whom the file is for; by default whoever writes it. */
  readonly owner?: FileOwner;
  /** Left out when a secret of it does not exist. */
  readonly optional?: boolean;
  /** Done each time the file has changed, by who keeps it; needs the feature `notify`, which a writer does not know. */
  readonly notify?: readonly PlannedNotify[];
}

/** A user, or a group that the reader is in. Numbers: names are the reader's image's own. */
export interface FileOwner {
  readonly uid?: number;
  readonly gid?: number;
}

/** What is in a file. Every text is a template of references, as in `secret://db/url` or `user=${secret://db/user}`. */
export type PlannedContent =
  | PlannedRaw
  | PlannedEntries
  | PlannedPem
  | PlannedPkcs12
  | PlannedGoTemplate
  | PlannedEnvironment;

/** The bytes of a text. */
export interface PlannedRaw {
  readonly format: "raw";
  readonly text: string;
}

/** Names and values in a format of its own, or as one file a name. */
export interface PlannedEntries {
  readonly format: EntryFormat | "directory";
  /** By name; over those of `spread`. */
  readonly entries?: Readonly<Record<string, string>>;
  /** Names that are left out when a secret of theirs does not exist. */
  readonly optional?: readonly string[];
  /** Secrets whose every field becomes an entry, a later one over an earlier. */
  readonly spread?: readonly PlannedSpread[];
}

/** Certificates and a key out of a text that has them as PEM in any order: leaf first, each followed by its issuer. */
export interface PlannedPem {
  readonly format: "pem";
  readonly text: string;
  /** `bundle`, the default, is the key if there is one, and then the certificates. */
  readonly part?: PemPart;
}

/** The certificates and the key of a text in PEM, as PKCS#12. */
export interface PlannedPkcs12 {
  readonly format: "pkcs12";
  readonly text: string;
  /** What protects it, itself a template. */
  readonly password: string;
  /** Name of the entry in it; none by default. */
  readonly alias?: string;
}

/** A template of Go, with the functions of consul-template. */
export interface PlannedGoTemplate {
  readonly format: "go-template";
  readonly template: string;
  /** Store that `secret "PATH"` reads from. */
  readonly store: string;
  /** What becomes of a key that is not there; `zero`, which writes `<no value>`, by default. */
  readonly missingKey?: "zero" | "error" | "default";
  /** `{{` and `}}` by default. */
  readonly delimiters?: readonly [left: string, right: string];
}

/** The answer that a launcher reads as its source `file:PATH`: docs/spec/protocol-v1.md, sections 3 and 6. */
export interface PlannedEnvironment {
  readonly format: "environment";
  readonly plan: InjectionPlan;
}

/** Formats of names and values that are one file. */
export const ENTRY_FORMATS = [
  "json",
  "yaml",
  "dotenv",
  "java-properties",
  "csv",
  "tsv",
  "tfvars",
  "shell",
] as const;

/** A format of files that have an entry for each secret. */
export type EntryFormat = (typeof ENTRY_FORMATS)[number];

/** What of a certificate a PEM file may hold. */
export const PEM_PARTS = ["bundle", "certificates", "key"] as const;

/** One of {@link PEM_PARTS}. */
export type PemPart = (typeof PEM_PARTS)[number];

/** The variable that holds a writer's plan. */
export const FILES_VARIABLE = "SLUICE_FILES";

/** The variable that holds the configuration of the stores of who writes files, where it is in no file. */
export const STORES_VARIABLE = "SLUICE_STORES";

/** Version of the plan for files that this package writes, and the highest it reads. */
export const FILES_VERSION = 1;

/** Critical features that this package knows. */
export const FILES_FEATURES: readonly string[] = [];

/** Bounds of a plan for files; docs/spec/files-v1.md, 1.3. One variable can hold 131,071 bytes. */
export const FILES_LIMITS = { bytes: 122_880, files: 500, roots: 16, entries: 1_000, spreads: 100 } as const;
