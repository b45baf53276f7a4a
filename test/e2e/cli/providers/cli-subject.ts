/** How the command line is configured for a store: its entry in `sluice.yaml`, and the variables it needs. */
export interface StoreSetup {
  readonly options: { readonly provider: string } & Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
}

/** A store on a real server, for the tests that every provider's store must pass through the command line. */
export interface CliSubject extends AsyncDisposable {
  /** The store, for somebody who may do everything. */
  readonly store: StoreSetup;
  /**
   * The store for those the server refuses, by what is said of them: strangers, and people without rights. None where
   * the server cannot be made to refuse.
   */
  readonly refused: Readonly<Record<string, StoreSetup>>;
  /** The store without its credential, the exit code of that, and how people are told of it. */
  readonly unset?: { readonly setup: StoreSetup; readonly code: 77 | 78; readonly names: string };
  /** The store, if it were at another address: `http://127.0.0.1:1`. */
  at(address: string): Promise<StoreSetup>;
  /** An option's key misspelt, and the key that is meant. */
  readonly misspelt: readonly [written: string, meant: string];
  /** Path of a secret of this test, from a name of lower-case letters. */
  path(name: string): string;
  /** The store cannot keep a second writer out. */
  readonly unconditional?: true;
  /** The field that holds a secret's text, where a secret is made of fields. */
  readonly field?: string;
  /** Writes a secret's text by another way than Sluice. */
  write(path: string, text: string): Promise<void>;
  /** The secret's text, read by another way than Sluice; `undefined` when it is not there. */
  read(path: string): Promise<string | undefined>;
}
