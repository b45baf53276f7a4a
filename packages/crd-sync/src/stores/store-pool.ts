import { SluiceError } from "@sluice/core";
import { type Store, storeId, type StoreKey } from "@sluice/kubernetes/stores";
import { SyncFailure } from "../source/sync-failure.js";
import { isExternalStore } from "../external-stores/external-store.js";
import { openStore, type OpenStoreDependencies } from "./open-store.js";
import type { OpenedStore } from "./opened-store.js";

interface Entry {
  readonly version: string;
  opened: Promise<{ readonly store: OpenedStore; readonly optionsVersion: string }>;
  /** When the Secrets that options come from were last looked at, in milliseconds since the epoch. */
  lookedAt: number;
}

/** How long the Secrets that options come from are taken to be the same, in milliseconds. */
const OPTIONS_AGE_MS = 60_000;

/** One resolver for each store, made at its first use, and another when the store or its options change. */
export class StorePool implements AsyncDisposable {
  readonly #entries = new Map<string, Entry>();
  readonly #retiring = new Set<Promise<void>>();

  constructor(private readonly dependencies: OpenStoreDependencies) {}

  /** Stores that are open at present. */
  get size(): number {
    return this.#entries.size;
  }

  /** @throws {SyncFailure} `StoreInvalid`; {KubernetesError} when its options cannot be read. */
  async get(store: Store): Promise<OpenedStore> {
    const id = storeId(store);
    let entry = this.#entries.get(id);
    if (entry?.version !== store.version) {
      this.drop(store);
      entry = { version: store.version, opened: this.#open(store), lookedAt: Date.now() };
      this.#entries.set(id, entry);
      const made = entry;
      // What failed may be mended before the next use.
      made.opened.catch(() => this.#entries.get(id) === made && this.#entries.delete(id));
    } else if (isReadFromObjects(store) && Date.now() - entry.lookedAt > OPTIONS_AGE_MS) {
      entry.lookedAt = Date.now();
      await this.#renew(store, entry);
    }
    return (await entry.opened).store;
  }

  /** Closes a store that changed, or is gone. */
  drop(key: StoreKey): void {
    const id = storeId(key);
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    entry.opened.then(
      ({ store }) => this.#retire(store),
      () => undefined,
    );
  }

  async #open(store: Store): Promise<{ store: OpenedStore; optionsVersion: string }> {
    const options = await this.dependencies.readOptions(store).catch((thrown: unknown) => {
      if (SluiceError.isInstance(thrown)) throw new SyncFailure("StoreInvalid", thrown.message, "cluster");
      throw thrown;
    });
    return {
      store: await openStore(store, options, this.dependencies),
      optionsVersion: options.version,
    };
  }

  async #renew(store: Store, entry: Entry): Promise<void> {
    const before = await entry.opened;
    try {
      const options = await this.dependencies.readOptions(store);
      if (options.version === before.optionsVersion) return;
      const renewed = await openStore(store, options, this.dependencies);
      entry.opened = Promise.resolve({ store: renewed, optionsVersion: options.version });
      this.#retire(before.store);
    } catch {
      // Until they can be read and used, the options before hold: what is wrong is told by reading with them.
    }
  }

  #retire(store: OpenedStore): void {
    const retiring = store.retire().finally(() => this.#retiring.delete(retiring));
    this.#retiring.add(retiring);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = Array.from(this.#entries.values());
    this.#entries.clear();
    for (const { opened } of open)
      await opened.then(
        ({ store }) => this.#retire(store),
        () => undefined,
      );
    await Promise.all(this.#retiring);
  }
}

function isReadFromObjects(store: Store): boolean {
  return isExternalStore(store) ? store.sources.length > 0 : store.optionsFrom.length > 0;
}
