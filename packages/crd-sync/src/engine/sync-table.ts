import type { KubernetesObject } from "@sluice/kubernetes";
import { sourceId, type SyncOwner } from "../output/source-mark.js";
import type { SyncSource } from "../source/sync-source.js";

/** An object that asks for a sync, as far as it is kept in memory. */
export interface KnownSync {
  readonly id: string;
  readonly source: SyncSource;
  readonly object: KubernetesObject;
}

interface Entry {
  readonly source: SyncSource;
  /** The object as JSON: ten thousand of them take a third of the memory so. */
  readonly text: string;
  readonly namespace: string | undefined;
  /** Uid and generation that were seen last; a status does not count. */
  readonly seen: string;
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
    if (entry === undefined) return undefined;
    return { id, source: entry.source, object: JSON.parse(entry.text) as KubernetesObject };
  }

  /** Notes an object as it is now. Its id, if it asks for something else than before. */
  set(source: SyncSource, object: KubernetesObject): string | undefined {
    const id = idOf(source, object);
    const seen = `${object.metadata.uid ?? ""}/${object.metadata.generation ?? 0}`;
    const isOther = this.#syncs.get(id)?.seen !== seen;
    const { namespace } = object.metadata;
    this.#syncs.set(id, { source, text: JSON.stringify(object), namespace, seen });
    return isOther ? id : undefined;
  }

  /** Notes what the cluster answered to a status. What it asks for is seen by a watch only, so that nothing is lost. */
  update(id: string, object: KubernetesObject): void {
    const entry = this.#syncs.get(id);
    if (entry?.seen.startsWith(`${object.metadata.uid ?? ""}/`) === true)
      this.#syncs.set(id, { ...entry, text: JSON.stringify(object) });
  }

  remove(source: SyncSource, object: KubernetesObject): string {
    const id = idOf(source, object);
    this.#syncs.delete(id);
    return id;
  }

  /** Everything of a source, in one namespace or in all. The ids of all that differs. */
  replace(source: SyncSource, namespace: string | undefined, objects: readonly KubernetesObject[]): string[] {
    const ids = new Set(objects.map((object) => idOf(source, object)));
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

function idOf({ kind }: SyncSource, { metadata: { name, namespace = "" } }: KubernetesObject): string {
  return sourceId({ kind, namespace, name });
}
