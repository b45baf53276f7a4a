import type { ListPage, ListQuery } from "../provider/list.js";
import type { ProviderContext } from "../provider/provider-context.js";
import type { SecretProvider } from "../provider/secret-provider.js";
import {
  found,
  type MemoryStore,
  memoryStore,
  type MemoryStoreOptions,
  NOT_FOUND,
} from "./memory-provider.test-support.js";

export interface ListedStoreOptions {
  readonly pageSize?: number;
  /** Which of the two a listing carries; `version` by default. */
  readonly stamp?: "version" | "etag";
  readonly capabilities?: MemoryStoreOptions["capabilities"];
}

/** A store for tests whose secrets change, and that counts every page it lists. */
export class ListedStore {
  readonly memory: MemoryStore;
  readonly pages: { readonly prefix: string; readonly context: ProviderContext }[] = [];
  /** Alters every page it lists. */
  page: (page: ListPage) => ListPage | Promise<ListPage> = (page) => page;
  readonly #secrets = new Map<string, { readonly text: string; readonly version: string }>();
  #versions = 0;

  constructor({ pageSize = 25, stamp = "version", capabilities }: ListedStoreOptions = {}) {
    const list: SecretProvider["list"] = (query, context) => this.#list(query, context, pageSize, stamp);
    this.memory = memoryStore(
      {},
      { capabilities: { list: { carriesVersion: true }, ...capabilities }, verbs: { list } },
    );
    const scripts = this.memory.scripts;
    const read = (path: string) => {
      const secret = this.#secrets.get(path);
      return secret === undefined ? NOT_FOUND : found(secret.text, { [stamp]: secret.version });
    };
    // Every path is answered by what the store holds then.
    scripts.get = (path) => () => read(path);
  }

  set(path: string, text: string): void {
    this.#versions += 1;
    this.#secrets.set(path, { text, version: `v${this.#versions}` });
  }

  delete(path: string): void {
    this.#secrets.delete(path);
  }

  get texts(): ReadonlyMap<string, string> {
    return new Map(Array.from(this.#secrets, ([path, { text }]) => [path, text]));
  }

  /** What it was asked for since it was last asked this. */
  asked(): { readonly pages: number; readonly reads: readonly string[] } {
    const counted = { pages: this.pages.length, reads: this.memory.asked };
    this.pages.length = 0;
    this.memory.calls.length = 0;
    return counted;
  }

  async *#list(
    { prefix = "" }: ListQuery,
    context: ProviderContext,
    pageSize: number,
    stamp: "version" | "etag",
  ): AsyncGenerator<ListPage> {
    const all = Array.from(this.#secrets).filter(([path]) => path.startsWith(prefix));
    for (let at = 0; at === 0 || at < all.length; at += pageSize) {
      this.pages.push({ prefix, context });
      const items = all.slice(at, at + pageSize).map(([path, { version }]) => ({ path, [stamp]: version }));
      yield await this.page({ items, complete: at + pageSize >= all.length });
    }
  }
}
