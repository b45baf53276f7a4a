import {
  type Store,
  type StoreCatalogue,
  storeId,
  type StoreKey,
  type StoreOptions,
} from "@sluice/kubernetes/stores";
import { openStore, type OpenStoreDependencies } from "./open-store.js";
import { type BorrowedResolver, SharedResolver } from "./shared-resolver.js";

interface OpenedStore {
  readonly options: StoreOptions;
  readonly shared: SharedResolver;
}

interface Entry {
  readonly storeVersion: string;
  opened: Promise<OpenedStore>;
  /** When the Secrets that options come from were last looked at, in milliseconds since the epoch. */
  lookedAt: number;
}

/** How long the Secrets that options come from are taken to be the same, in milliseconds. */
const OPTIONS_AGE_MS = 60_000;

/** One resolver for each store, made at its first use, and dropped when the store changes or goes. */
export class StorePool implements AsyncDisposable {
  readonly #entries = new Map<string, Entry>();
  readonly #retiring = new Set<Promise<void>>();
  readonly #listening: Disposable;

  constructor(
    catalogue: Pick<StoreCatalogue, "onChange">,
    private readonly dependencies: OpenStoreDependencies,
  ) {
    this.#listening = catalogue.onChange(({ key }) => this.#drop(key));
  }

  /** Stores that are open at present. */
  get size(): number {
    return this.#entries.size;
  }

  /** @throws ProblemError, KubernetesError */
  async borrow(store: Store): Promise<BorrowedResolver> {
    for (;;) {
      const { shared } = await this.#entryFor(store).opened;
      // Another one may have taken its place meanwhile.
      const borrowed = shared.borrow();
      if (borrowed !== undefined) return borrowed;
    }
  }

  /**
   * Looks at the Secrets that options come from, so that whoever borrows the store next has what they hold now.
   *
   * @throws ProblemError, KubernetesError, SluiceError
   */
  async refresh(store: Store): Promise<void> {
    const entry = this.#entryFor(store);
    await entry.opened;
    if (store.optionsFrom.length === 0) return;
    entry.lookedAt = Date.now();
    await this.#renew(store, entry);
  }

  #entryFor(store: Store): Entry {
    const id = storeId(store);
    const known = this.#entries.get(id);
    if (known?.storeVersion === store.version) {
      this.#lookAtOptions(store, known);
      return known;
    }
    if (known !== undefined) this.#drop(store);
    const entry: Entry = { opened: this.#open(store), storeVersion: store.version, lookedAt: Date.now() };
    this.#entries.set(id, entry);
    // What failed may be mended before the next request.
    entry.opened.catch(() => this.#forget(id, entry));
    return entry;
  }

  async #open(store: Store, options?: StoreOptions): Promise<OpenedStore> {
    const read = options ?? (await this.dependencies.readOptions(store));
    return { options: read, shared: new SharedResolver(await openStore(store, read, this.dependencies)) };
  }

  /** Makes a later request use what Secrets hold by now. This one goes on with what is open. */
  #lookAtOptions(store: Store, entry: Entry): void {
    if (store.optionsFrom.length === 0 || Date.now() - entry.lookedAt < OPTIONS_AGE_MS) return;
    entry.lookedAt = Date.now();
    // Where it fails the next look may not; until then the options read before hold.
    void this.#renew(store, entry).catch(() => undefined);
  }

  async #renew(store: Store, entry: Entry): Promise<void> {
    const [before, options] = await Promise.all([entry.opened, this.dependencies.readOptions(store)]);
    if (before.options.version === options.version) return;
    const renewed = await this.#open(store, options);
    if (this.#entries.get(storeId(store)) === entry) {
      entry.opened = Promise.resolve(renewed);
      this.#retire(before.shared);
    } else this.#retire(renewed.shared);
  }

  #drop(key: StoreKey): void {
    const id = storeId(key);
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#forget(id, entry);
    entry.opened.then(
      ({ shared }) => this.#retire(shared),
      () => undefined,
    );
  }

  #forget(id: string, entry: Entry): void {
    if (this.#entries.get(id) === entry) this.#entries.delete(id);
  }

  #retire(shared: SharedResolver): void {
    const retiring = shared.retire().finally(() => this.#retiring.delete(retiring));
    this.#retiring.add(retiring);
  }

  /** Closes every resolver after its last request. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listening[Symbol.dispose]();
    const open = Array.from(this.#entries.values());
    this.#entries.clear();
    for (const { opened } of open)
      await opened.then(
        ({ shared }) => this.#retire(shared),
        () => undefined,
      );
    await Promise.all(this.#retiring);
  }
}
