import type { KubernetesObject } from "@sluice/kubernetes";
import { sourceId, type SyncOwner } from "../output/source-mark.js";
import type { SyncSource } from "../source/sync-source.js";
import { type PackedSync, unpackSync } from "./pack-sync.js";

/** An object that asks for a sync, as far as it is kept in memory. */
export interface KnownSync {
  readonly id: string;
  readonly source: SyncSource;
  readonly object: KubernetesObject;
}

interface Entry extends Pick<PackedSync, "text" | "isNew"> {
  readonly source: SyncSource;
  readonly namespace: string | undefined;
  /** Uid and generation that were seen last; a status does not count. */
  readonly seen: string;
  readonly resourceVersion: string;
}

/** All objects that ask for syncs, of every source. */
export class SyncTable {
  readonly #syncs = new Map<string, Entry>();

  get size(): number {
    return this.#syncs.size;
  }

  ids(): Iterable<string> {
    return this.#syncs.keys();
  }

  find(id: string): KnownSync | undefined {
    const entry = this.#syncs.get(id);
    return entry && { id, source: entry.source, object: unpackSync(entry.text) };
  }

  /** Whether an object is known that was never synced. */
  isNew(id: string): boolean {
    return this.#syncs.get(id)?.isNew === true;
  }

  /** Notes an object as it is now. Its id, if it asks for something else than before. */
  set(source: SyncSource, { metadata, text, isNew }: PackedSync): string | undefined {
    const id = idOf(source, metadata);
    const { namespace, resourceVersion, uid = "", generation = 0 } = metadata;
    const seen = `${uid}/${generation}`;
    const before = this.#syncs.get(id);
    if (before?.seen !== seen) {
      this.#syncs.set(id, { source, namespace, seen, resourceVersion, text, isNew });
      return id;
    }
    // A status that we wrote ourselves comes back by the watch: it is there already.
    if (before.resourceVersion !== resourceVersion)
      this.#syncs.set(id, { ...before, resourceVersion, text, isNew });
    return undefined;
  }

  /** Notes what the cluster answered to a status. What it asks for is seen by a watch only, so that nothing is lost. */
  update(id: string, { metadata: { uid = "", resourceVersion }, text, isNew }: PackedSync): void {
    const entry = this.#syncs.get(id);
    if (entry?.seen.startsWith(`${uid}/`) === true)
      this.#syncs.set(id, { ...entry, resourceVersion, text, isNew });
  }

  remove(source: SyncSource, { metadata }: KubernetesObject): string {
    const id = idOf(source, metadata);
    this.#syncs.delete(id);
    return id;
  }

  /** Everything of a source, in one namespace or in all. The ids of all that differs. */
  replace(source: SyncSource, namespace: string | undefined, objects: readonly PackedSync[]): string[] {
    const ids = new Set(objects.map(({ metadata }) => idOf(source, metadata)));
    const gone = Array.from(this.#syncs)
      .filter(
        ([id, known]) =>
          known.source === source &&
          !ids.has(id) &&
          (namespace === undefined || known.namespace === namespace),
      )
      .map(([id]) => id);
    for (const id of gone) this.#syncs.delete(id);
    return [...gone, ...objects.flatMap((object) => this.set(source, object) ?? [])];
  }
}

/** Who an object is to the outputs it asks for. */
export function ownerOf({ source: { apiVersion, kind }, object: { metadata } }: KnownSync): SyncOwner {
  const { name, namespace = "", uid = "", generation = 0 } = metadata;
  return { apiVersion, kind, namespace, name, uid, generation };
}

function idOf({ kind }: SyncSource, { name, namespace = "" }: KubernetesObject["metadata"]): string {
  return sourceId({ kind, namespace, name });
}
