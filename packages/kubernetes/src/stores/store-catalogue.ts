import type { Store, StoreKey } from "./store.js";

/** What a name means in a namespace. Only `found` may be read from. */
export type StoreLookup =
  | { readonly status: "found"; readonly store: Store }
  /** There is one, but it cannot be used. It still hides a `ClusterSecretStore` of its name. */
  | {
      readonly status: "invalid";
      readonly key: StoreKey;
      /** As {@link Store.version}. */
      readonly version: string;
      readonly problem: string;
    }
  | { readonly status: "missing" }
  /** Nothing is known yet. */
  | { readonly status: "unknown"; readonly problem: string };

/** A store that was added, changed or removed, so that what was made from it is to be dropped. */
export interface StoreChange {
  readonly kind: "added" | "changed" | "removed";
  readonly key: StoreKey;
  /** Only whether these namespaces may use it has changed: what was made from it holds. */
  readonly namespaces?: ReadonlySet<string>;
}

/** All stores, held in memory and kept up to date until it is disposed. */
export interface StoreCatalogue extends Disposable {
  /** What `name` means to a pod of this namespace: its own `SecretStore`, else the `ClusterSecretStore`. */
  find(namespace: string, name: string): StoreLookup;
  /** Every store, also those that cannot be used. */
  entries(): readonly StoreEntry[];
  /** Resolves when all stores are known for the first time; rejects with the signal's reason. */
  ready(signal: AbortSignal): Promise<void>;
  /** Whether what is known is kept up to date at present, and if not, since when and why. */
  health(): CatalogueHealth;
  /** Tells changes from now on. A listener that throws disturbs nobody. Dispose the result to stop. */
  onChange(listener: (change: StoreChange) => void): Disposable;
}

/** A store that is known: usable, or with what is wrong with it. */
export type StoreEntry = Exclude<StoreLookup, { readonly status: "missing" | "unknown" }>;

/** Whether a catalogue can be relied upon. */
export interface CatalogueHealth {
  /** Whether all stores are known. Once so, it stays so: what was known last goes on to hold. */
  readonly ready: boolean;
  /** What is wrong at present; none when everything is up to date. */
  readonly problems: readonly CatalogueProblem[];
}

/** What a catalogue could not read. */
export interface CatalogueProblem {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** For people: what could not be read, and why. */
  readonly problem: string;
}
