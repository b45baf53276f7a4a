import { getObject, type KubernetesClient, KubernetesError } from "@sluice/kubernetes";
import type { KnownOutput, OutputTable } from "../output/output-table.js";
import type { OutputWriter } from "../output/output-writer.js";
import { sourceId, type SyncOwner } from "../output/source-mark.js";
import type { SyncSource } from "../source/sync-source.js";
import type { OutputSpec } from "../source/sync-spec.js";
import { isMissingKind } from "./missing-kind.js";
import type { SyncTeller } from "./sync-teller.js";

type Owner = Pick<SyncOwner, "kind" | "namespace" | "name">;
type ToldOwner = Omit<SyncOwner, "generation">;

export interface ReleaserDependencies {
  readonly client: KubernetesClient;
  readonly sources: readonly SyncSource[];
  readonly outputs: OutputTable;
  readonly writer: OutputWriter;
  readonly teller: Pick<SyncTeller, "written" | "left">;
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
  async releaseOthers(owner: ToldOwner, named: readonly OutputSpec[], signal: AbortSignal): Promise<void> {
    for (const known of this.#given.outputs.ofSource(sourceId(owner))) {
      if (named.some(({ kind, name }) => kind === known.kind && name === known.name)) continue;
      await this.#release(owner, known, signal);
    }
  }

  /**
   * All that a sync wrote, if the cluster says that it is gone.
   *
   * @param wasHere whether this replica saw it go, and is to tell what stays of it
   * @throws {KubernetesError}
   */
  async releaseAll(id: string, wasHere: boolean, signal: AbortSignal): Promise<void> {
    const left = this.#given.outputs.ofSource(id);
    const gone = parseId(id);
    const source = this.#given.sources.find(({ kind }) => kind === gone?.kind);
    if (gone === undefined || source === undefined || left.length === 0) return;
    if (!(await this.#isGone(gone, source, signal))) return;
    // Which one of its name it was, nothing tells any more.
    const owner = { ...gone, apiVersion: source.apiVersion, uid: "" };
    for (const known of left) await this.#release(owner, known, signal, wasHere);
  }

  async #release(
    owner: ToldOwner,
    known: KnownOutput,
    signal: AbortSignal,
    tellsOrphans = false,
  ): Promise<void> {
    const mark = known.marks.find(({ kind, name }) => kind === owner.kind && name === owner.name);
    if (mark === undefined) return;
    if (mark.policy === "Orphan") {
      if (tellsOrphans) await this.#given.teller.left(owner, known, signal);
      return;
    }
    const what = await this.#given.writer.release(known, owner, mark.policy, signal);
    if (what === "nothing") return;
    if (what === "deleted") this.#given.outputs.remove(known);
    const { kind, namespace, name } = known;
    await this.#given.teller.written(owner, { kind, namespace, name }, what, signal);
  }

  /** Another replica may be in charge of it, or a watch may be late: only the cluster's word counts. */
  async #isGone(owner: Owner, source: SyncSource, signal: AbortSignal): Promise<boolean> {
    const { client, timeoutMs } = this.#given;
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
