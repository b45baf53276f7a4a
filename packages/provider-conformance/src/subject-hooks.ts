import type { DelegatedIdentity, StoreDefinition } from "@sluice/core";

/**
 * What a subject can bring about besides plain secrets. All are optional: without one, the requirements that
 * need it are reported as excluded. Those that take a text store it as the secret's value, so that it can be
 * looked for where it must not be.
 */
export interface SubjectHooks {
  /** The store can hold an empty value (2.4). */
  readonly holdsEmpty: true;
  /** Writes bytes that are not text (2.5). */
  writeBytes(path: string, bytes: Uint8Array): Promise<void>;
  /** Most bytes that a value of the store can have; `Infinity` where there is no limit (2.8). */
  readonly largestBytes: number;
  /** Writes a secret with several fields, all of them text (2.9, 2.10, 2.21). */
  writeFields(path: string, fields: Readonly<Record<string, string>>): Promise<void>;
  /** The store tells versions (2.16). */
  readonly versioned: true;
  /** Names the version that a secret has now (2.18). */
  label(path: string, label: string): Promise<void>;
  /** Like `path`, with characters beyond ASCII (2.20). */
  pathBeyondAscii(label: string): string;
  /** Reads the store was asked for so far, refused ones too; logging in is none (2.21, 3.8, 4.4). */
  reads(): number | Promise<number>;
  /** Paths by which something outside the store would be reached that is there and holds the text (2.22). */
  outside(text: string): Promise<readonly string[]>;

  /** A secret that we may not read (3.1). */
  denied(text: string): Promise<Situation>;
  /** A secret in a store, or a part of one, in which we have no rights (6.10). */
  withheld(text: string): Promise<Situation>;
  /** A secret that is disabled (3.2). */
  disabled(text: string): Promise<Situation>;
  /** A secret past its expiry (3.3). */
  expired(text: string): Promise<Situation>;
  /** A secret whose form makes no sense (3.4). */
  malformed(text: string): Promise<Situation>;
  /** A secret that the store refuses to give for too many calls (3.5, 3.8). */
  throttled(): Promise<Throttled>;
  /** A path in a store that cannot be reached (3.6). */
  unreachable(): Promise<Situation>;
  /** A path in a store that takes calls and never answers (4.2). */
  hanging(): Promise<Hanging>;

  /** Fills the store until it is listed in several pages; all the paths in it (6.2, 6.5). */
  manyPages(): Promise<readonly string[]>;
  /** A store whose listing breaks off, after its first page if it has several (6.7). */
  brokenListing(): Promise<StoreDefinition>;
  /** A value the store cannot hold, with this text in it (8.6). */
  unstorable(text: string): Uint8Array;
  /** A path whose every reading issues something, with a lease that can be renewed if any can (9.1 to 9.4). */
  issuing(): Promise<Issuing>;
  /** Two workloads, each with a secret that the other may not see (10.1, 10.2). */
  workloads(): Promise<readonly [Workload, Workload]>;
  /** A store that cannot be used: missing, unreachable, or with credentials that are refused (11.2, 11.3, 11.4). */
  unusable(): Promise<StoreDefinition>;
}

/** A secret in some situation. */
export interface Situation {
  readonly path: string;
  /** Where it is; the store under test by default. */
  readonly store?: StoreDefinition;
}

/** A secret that is refused for too many calls. */
export interface Throttled extends Situation {
  /** How long the store says to wait, in milliseconds; absent if it does not say. */
  readonly retryAfterMs?: number;
}

/** A store that never answers. */
export interface Hanging extends Situation {
  readonly store: StoreDefinition;
  /** Calls it has received whose caller still waits. */
  readonly underWay: () => number | Promise<number>;
}

/** A secret that is issued. */
export interface Issuing extends Situation {
  /** Whether a lease lives, asked without the provider. */
  readonly lives: (leaseId: string) => Promise<boolean>;
}

/** Somebody to read on behalf of. */
export interface Workload {
  readonly identity: DelegatedIdentity;
  /** A secret of its own, in the store under test. */
  readonly path: string;
  /** What that secret holds. */
  readonly text: string;
}
