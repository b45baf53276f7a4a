import type { EventBus } from "@sluice/core";
import { getObject, type KubernetesClient, KubernetesError } from "@sluice/kubernetes";
import { isMissingKind } from "./missing-kind.js";
import type { KnownOutput, OutputTable } from "../output/output-table.js";
import type { OutputWriter } from "../output/output-writer.js";
import { sourceId, type SyncOwner } from "../output/source-mark.js";
import type { SyncSource } from "../source/sync-source.js";
import type { OutputSpec } from "../source/sync-spec.js";

type Owner = Pick<SyncOwner, "kind" | "namespace" | "name">;

export interface ReleaserDependencies {
  readonly client: KubernetesClient;
  readonly sources: readonly SyncSource[];
  readonly outputs: OutputTable;
  readonly writer: OutputWriter;
  readonly events: EventBus;
  /** Time for one call of the API, in milliseconds. */
  readonly timeoutMs: number;
}

/** Takes back what syncs wrote, where nobody asks for it any more. */
export class OutputReleaser {
  readonly #given: ReleaserDependencies;

  constructor(given: ReleaserDependencies) {
    this.#given = given;
  }

  /** What a sync wrote into outputs that it names no more. @throws {KubernetesError} */
  async releaseOthers(owner: Owner, named: readonly OutputSpec[], signal: AbortSignal): Promise<void> {
    for (const known of this.#given.outputs.ofSource(sourceId(owner))) {
      if (named.some(({ kind, name }) => kind === known.kind && name === known.name)) continue;
      await this.#release(owner, known, signal);
    }
  }

  /** All that a sync wrote, if the cluster says that it is gone. @throws {KubernetesError} */
  async releaseAll(id: string, signal: AbortSignal): Promise<void> {
    const left = this.#given.outputs.ofSource(id);
    const owner = parseId(id);
    if (owner === undefined || left.length === 0 || !(await this.#isGone(owner, signal))) return;
    for (const known of left) await this.#release(owner, known, signal);
  }

  async #release(owner: Owner, known: KnownOutput, signal: AbortSignal): Promise<void> {
    const mark = known.marks.find(({ kind, name }) => kind === owner.kind && name === owner.name);
    if (mark === undefined || mark.policy === "Orphan") return;
    const what = await this.#given.writer.release(known, owner, mark.policy, signal);
    if (what === "nothing") return;
    if (what === "deleted") this.#given.outputs.remove(known);
    const { kind, namespace, name } = known;
    this.#given.events.emit("output-written", {
      sync: sourceId(owner),
      output: { kind, namespace, name },
      what,
    });
  }

  /** Another replica may be in charge of it, or a watch may be late: only the cluster's word counts. */
  async #isGone(owner: Owner, signal: AbortSignal): Promise<boolean> {
    const { client, sources, timeoutMs } = this.#given;
    const source = sources.find(({ kind }) => kind === owner.kind);
    if (source === undefined) return false;
    try {
      await getObject(client, source.resource(owner.namespace), owner.name, { signal, timeoutMs });
      return false;
    } catch (error) {
      // Where the kind itself is away, its objects may come back with it.
      if (isMissingKind(error)) return false;
      if (KubernetesError.isInstance(error) && error.status === 404) return true;
      throw error;
    }
  }
}

function parseId(id: string): Owner | undefined {
  const [, kind, namespace, name] = /^(\S+) ([^/]+)\/(.+)$/.exec(id) ?? [];
  if (kind === undefined || namespace === undefined || name === undefined) return undefined;
  return { kind, namespace, name };
}
