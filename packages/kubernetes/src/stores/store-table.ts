import { thrownName } from "@sluice/core";
import type { CatalogueHealth, StoreChange, StoreEntry, StoreLookup } from "./store-catalogue.js";
import { storeId, type StoreKey, type StoreKind } from "./store.js";

/**
 * The stores that are known, by whatever means. A kind is known once all of it was told; from then on it stays so,
 * for what was known last goes on to hold while there is no news.
 */
export class StoreTable {
  readonly #entries = new Map<string, StoreEntry>();
  readonly #listeners = new Set<(change: StoreChange) => void>();
  readonly #known = new Set<StoreKind>();
  readonly #problems = new Map<string, { readonly since: number; readonly problem: string }>();
  readonly #ready = Promise.withResolvers<void>();

  find(namespace: string, name: string): StoreLookup {
    const own = this.#lookUp({ kind: "SecretStore", namespace, name });
    // Not known to be missing is not missing: what a namespace means by a name must not change for a moment.
    return own.status === "missing" ? this.#lookUp({ kind: "ClusterSecretStore", name }) : own;
  }

  entries(): readonly StoreEntry[] {
    return Array.from(this.#entries.values());
  }

  async ready(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    try {
      await Promise.race([aborted.promise, this.#ready.promise]);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  health(): CatalogueHealth {
    return { ready: this.#isReady(), problems: Array.from(this.#problems.values()) };
  }

  onChange(listener: (change: StoreChange) => void): Disposable {
    const own = (change: StoreChange): void => listener(change);
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => this.#listeners.delete(own) };
  }

  /** Everything of a kind, as it is now. */
  replace(kind: StoreKind, entries: readonly StoreEntry[]): void {
    const ids = new Set(entries.map((entry) => storeId(keyOf(entry))));
    for (const entry of Array.from(this.#entries.values())) {
      const key = keyOf(entry);
      if (key.kind === kind && !ids.has(storeId(key))) this.remove(key);
    }
    for (const entry of entries) this.set(entry);
    this.#known.add(kind);
    if (this.#isReady()) this.#ready.resolve();
  }

  set(entry: StoreEntry): void {
    const key = keyOf(entry);
    const before = this.#entries.get(storeId(key));
    this.#entries.set(storeId(key), entry);
    if (before === undefined) this.#tell({ kind: "added", key });
    else if (versionOfEntry(before) !== versionOfEntry(entry)) this.#tell({ kind: "changed", key });
  }

  remove({ kind, name, namespace }: StoreKey): void {
    const key = { kind, name, ...(namespace !== undefined && { namespace }) };
    if (this.#entries.delete(storeId(key))) this.#tell({ kind: "removed", key });
  }

  /** Notes what is wrong with a source of stores; nothing when all is well again. */
  report(source: string, problem: string | undefined): void {
    if (problem === undefined) this.#problems.delete(source);
    else this.#problems.set(source, { since: this.#problems.get(source)?.since ?? Date.now(), problem });
  }

  #lookUp(key: StoreKey): StoreLookup {
    const entry = this.#entries.get(storeId(key));
    if (entry !== undefined) return entry;
    if (this.#known.has(key.kind)) return { status: "missing" };
    return { status: "unknown", problem: `no ${key.kind} is known yet` };
  }

  #isReady(): boolean {
    return this.#known.has("SecretStore") && this.#known.has("ClusterSecretStore");
  }

  #tell(change: StoreChange): void {
    for (const listener of Array.from(this.#listeners)) {
      try {
        listener(change);
      } catch (thrown) {
        // The others are told all the same; that something made from the store may live on must be seen.
        this.report("a listener", `a listener of changes failed (${thrownName(thrown)})`);
      }
    }
  }
}

/** What tells an entry's store from every other. */
export function keyOf(entry: StoreEntry): StoreKey {
  const { kind, name, namespace } = entry.status === "found" ? entry.store : entry.key;
  return { kind, name, ...(namespace !== undefined && { namespace }) };
}

/** What tells one state of an entry's store from another. */
export function versionOfEntry(entry: StoreEntry): string {
  return entry.status === "found" ? entry.store.version : entry.version;
}
