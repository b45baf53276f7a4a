import { createHash } from "node:crypto";
import type { ListedSecret } from "@sluice/core";
import { sortedEntries } from "../util/sorted-entries.js";

interface Listing {
  readonly items: readonly ListedSecret[];
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Tells one listing from another. */
  readonly print: string;
}

/** What was listed under the beginnings that syncs search: names, never values. */
export class SearchListings {
  readonly #kept = new Map<string, Listing>();
  readonly #underWay = new Map<string, Promise<Listing>>();

  /** @param list everything under a prefix; rejects unless it saw all of it */
  constructor(private readonly list: (prefix: string) => Promise<readonly ListedSecret[]>) {}

  /** What there is under a prefix, as a listing says that is not older than that, in milliseconds. */
  async get(prefix: string, maxAgeMs: number): Promise<readonly ListedSecret[]> {
    const kept = this.#kept.get(prefix);
    if (kept !== undefined && Date.now() - kept.at < maxAgeMs) return kept.items;
    return (await this.#listOnce(prefix)).items;
  }

  /** Lists these again, and no others; tells those under which there is something else now. */
  async refresh(prefixes: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    for (const prefix of this.#kept.keys()) if (!prefixes.has(prefix)) this.#kept.delete(prefix);
    const changed = new Set<string>();
    for (const prefix of prefixes) {
      const before = this.#kept.get(prefix);
      const after = await this.#listOnce(prefix);
      if (before !== undefined && before.print !== after.print) changed.add(prefix);
    }
    return changed;
  }

  async #listOnce(prefix: string): Promise<Listing> {
    const underWay = this.#underWay.get(prefix) ?? this.#begin(prefix);
    return underWay;
  }

  #begin(prefix: string): Promise<Listing> {
    const listing = this.#listNow(prefix).finally(() => this.#underWay.delete(prefix));
    this.#underWay.set(prefix, listing);
    return listing;
  }

  async #listNow(prefix: string): Promise<Listing> {
    const items = await this.list(prefix);
    const print = createHash("sha256");
    // Which there are; whether one of them has another value is seen by following it.
    for (const { path, tags = {} } of items) print.update(JSON.stringify([path, sortedEntries(tags)]));
    const listing = { items, at: Date.now(), print: print.digest("base64") };
    this.#kept.set(prefix, listing);
    return listing;
  }
}
