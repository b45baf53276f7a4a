import type { KubernetesObject } from "@sluice/kubernetes";
import type { OutputKind } from "../source/sync-spec.js";
import { outputId, type OutputKey } from "./desired-output.js";
import { marksOf, type SourceMark, sourceId } from "./source-mark.js";

/** What is known of an output: never its data. */
export interface KnownOutput extends OutputKey {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly marks: readonly SourceMark[];
}

/** All objects that syncs write, by their metadata, and which source writes into which. */
export class OutputTable {
  readonly #outputs = new Map<string, KnownOutput>();
  readonly #bySource = new Map<string, readonly string[]>();

  get size(): number {
    return this.#outputs.size;
  }

  find(key: OutputKey): KnownOutput | undefined {
    return this.#outputs.get(outputId(key));
  }

  /** The outputs into which a source writes. */
  ofSource(source: string): KnownOutput[] {
    return (this.#bySource.get(source) ?? []).flatMap((id) => this.#outputs.get(id) ?? []);
  }

  /** Every source that writes into anything. */
  sources(): Iterable<string> {
    return this.#bySource.keys();
  }

  /** Notes an object as it is now. Tells the sources it had or has, if it is another state than was known. */
  set(kind: OutputKind, object: KubernetesObject): readonly string[] {
    const { name, namespace = "", uid = "", resourceVersion } = object.metadata;
    const before = this.#outputs.get(outputId({ kind, namespace, name }));
    if (before?.uid === uid && before.resourceVersion === resourceVersion) return [];
    const known = { kind, namespace, name, uid, resourceVersion, marks: marksOf(object) };
    return [...this.#remove(known), ...this.#add(known)];
  }

  /** Notes that an object is gone. Tells the sources it had. */
  remove(key: OutputKey): readonly string[] {
    return this.#remove(key);
  }

  /** Everything of a kind, in one namespace or in all. Tells the sources of all that differs. */
  replace(kind: OutputKind, namespace: string | undefined, objects: readonly KubernetesObject[]): string[] {
    const ids = new Set(
      objects.map(({ metadata }) =>
        outputId({ kind, namespace: metadata.namespace ?? "", name: metadata.name }),
      ),
    );
    const gone = Array.from(this.#outputs).filter(
      ([id, known]) =>
        known.kind === kind && !ids.has(id) && (namespace === undefined || known.namespace === namespace),
    );
    return [
      ...gone.flatMap(([, known]) => this.#remove(known)),
      ...objects.flatMap((object) => this.set(kind, object)),
    ];
  }

  #add(known: KnownOutput): string[] {
    const id = outputId(known);
    this.#outputs.set(id, known);
    const sources = sourcesOf(known);
    for (const source of sources) {
      const others = (this.#bySource.get(source) ?? []).filter((other) => other !== id);
      this.#bySource.set(source, [...others, id]);
    }
    return sources;
  }

  #remove(key: OutputKey): string[] {
    const id = outputId(key);
    const known = this.#outputs.get(id);
    if (known === undefined) return [];
    this.#outputs.delete(id);
    const sources = sourcesOf(known);
    for (const source of sources) {
      const others = (this.#bySource.get(source) ?? []).filter((other) => other !== id);
      if (others.length > 0) this.#bySource.set(source, others);
      else this.#bySource.delete(source);
    }
    return sources;
  }
}

function sourcesOf({ namespace, marks }: KnownOutput): string[] {
  return marks.map(({ kind, name }) => sourceId({ kind, namespace, name }));
}
