import type { ListedSecret } from "../provider/list.js";
import { mayDiffer, type Stamp } from "./stamp.js";

/** Listings in a row that did not help, until paths are read instead. */
const MOST_IN_VAIN = 3;

/** Looks without a listing, until the next one is tried. */
const LOOKS_WITHOUT = 10;

export interface ListingPollOptions {
  /** What is watched, all of it under one prefix. */
  readonly paths: readonly string[];
  /** The store's pages under that prefix; throws unless it saw everything. */
  readonly list: () => AsyncIterable<readonly ListedSecret[]>;
  /** What a path was last read with, for each that reads it; undefined where it was not found. */
  readonly stamps: (path: string) => readonly (Stamp | undefined)[];
}

/**
 * Finds out by listing which paths have to be read again. Where that costs more than reading all of them, counted
 * in pages and in paths, or fails time after time, it says: all.
 */
export class ListingPoll {
  #inVain = 0;
  #looksWithout = 0;

  constructor(private readonly options: ListingPollOptions) {}

  /** The paths that may have another value. Rejects only when `signal` has aborted. */
  async due(signal: AbortSignal): Promise<readonly string[]> {
    const { paths } = this.options;
    if (this.#looksWithout > 0) {
      this.#looksWithout -= 1;
      return paths;
    }
    const listed = await this.#list(signal);
    if (listed === "dearer") return this.#doWithout();
    // Listing nothing but what is to be read anyway is no help either.
    const due =
      listed === "failed" ? [] : paths.filter((path) => this.#mayDiffer(path, listed.items.get(path)));
    const helped = listed !== "failed" && listed.pages + due.length < paths.length;
    this.#inVain = helped ? 0 : this.#inVain + 1;
    return this.#inVain < MOST_IN_VAIN ? due : this.#doWithout();
  }

  /** Whatever is not in a complete listing may be gone: only reading it tells. */
  #mayDiffer(path: string, item: ListedSecret | undefined): boolean {
    return item === undefined || this.options.stamps(path).some((stamp) => mayDiffer(item, stamp));
  }

  #doWithout(): readonly string[] {
    this.#looksWithout = LOOKS_WITHOUT;
    return this.options.paths;
  }

  async #list(
    signal: AbortSignal,
  ): Promise<
    { readonly items: ReadonlyMap<string, ListedSecret>; readonly pages: number } | "dearer" | "failed"
  > {
    const watched = new Set(this.options.paths);
    const items = new Map<string, ListedSecret>();
    let pages = 0;
    try {
      for await (const page of this.options.list()) {
        // There is more than was read for the price of reading everything: no need to see how much.
        if (pages === watched.size) return "dearer";
        pages += 1;
        for (const item of page) if (watched.has(item.path)) items.set(item.path, item);
      }
      return { items, pages };
    } catch {
      // Whatever it was: what was seen before proves nothing, and reading tells the caller what is wrong.
      signal.throwIfAborted();
      return "failed";
    }
  }
}
