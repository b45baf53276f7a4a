import type { KubernetesObject, ObjectEvent } from "@sluice/kubernetes";
import { outputResource } from "../output/build-output.js";
import { SYNCED_LABEL } from "../output/source-mark.js";
import type { WorkloadWatch } from "../restart/workload-watches.js";
import type { SyncSource } from "../source/sync-source.js";
import type { OutputKind } from "../source/sync-spec.js";
import { SHARD_LABEL } from "./controller-options.js";
import { packSync, type PackedSync } from "./pack-sync.js";
import { WatchGroup, type WatchGroupOptions } from "./watch-group.js";

/** Objects a page: with all that managers note in them, a page of 500 takes megabytes until it is read. */
const PAGE_SIZE = 200;

const OUTPUT_KINDS: readonly OutputKind[] = ["Secret", "ConfigMap"];

const SYNC_REMEDIES = {
  rights: "Bind the ClusterRole sluice-sync of deploy/kustomize/components/sync, see docs/sync.md",
  kind: "Install its CustomResourceDefinition, see docs/sync.md",
};
const RESTART_REMEDIES = {
  rights:
    "Bind the ClusterRole sluice-sync-restarts of deploy/kustomize/components/sync-restarts, see docs/rotate.md",
  kind: "Run the controller without --restarts, see docs/rotate.md",
};

/** What a watch of syncs tells. */
export type SyncEvent =
  | { readonly kind: "synced"; readonly objects: readonly PackedSync[] }
  | { readonly kind: "changed" | "deleted"; readonly object: PackedSync }
  | { readonly kind: "progress" };

export interface SessionWatchesOptions extends Omit<WatchGroupOptions, "remedies" | "onReady"> {
  /** See {@link SyncControllerOptions.namespaces}. */
  readonly namespaces: readonly string[] | undefined;
  /** See {@link SyncControllerOptions.shard}. */
  readonly shard: string | undefined;
  readonly sources: readonly SyncSource[];
  /** What restarts need to see in a namespace, or in all. */
  readonly workloads: (labelSelector: string, namespace: string | undefined) => readonly WorkloadWatch[];
  readonly onSync: (source: SyncSource, namespace: string | undefined, event: SyncEvent) => void;
  readonly onOutput: (kind: OutputKind, namespace: string | undefined, event: ObjectEvent) => void;
  readonly onWorkload: (ids: readonly string[]) => void;
  /** All syncs and outputs are known. */
  readonly onSyncsReady: () => void;
  /** All workloads are known, and what brokers gave to them. */
  readonly onWorkloadsReady: () => void;
}

/**
 * What a session watches: syncs and outputs, and, apart from these, workloads. So a controller that may not see
 * workloads, or finds no kind of them, keeps syncing and says what it lacks.
 */
export class SessionWatches {
  readonly #syncs: WatchGroup;
  readonly #workloads: WatchGroup;

  constructor(options: SessionWatchesOptions) {
    const { onSyncsReady, onWorkloadsReady } = options;
    this.#syncs = new WatchGroup({ ...options, remedies: SYNC_REMEDIES, onReady: onSyncsReady });
    this.#workloads = new WatchGroup({ ...options, remedies: RESTART_REMEDIES, onReady: onWorkloadsReady });
    for (const namespace of options.namespaces ?? [undefined]) this.#add(options, namespace);
  }

  /** What is wrong with one of them at present. */
  get problem(): string | undefined {
    return this.#syncs.problem ?? this.#workloads.problem;
  }

  /** Begins all of them. Resolves when the signal aborts. */
  async follow(): Promise<void> {
    await Promise.all([this.#syncs.follow(), this.#workloads.follow()]);
  }

  #add(options: SessionWatchesOptions, namespace: string | undefined): void {
    const { shard, sources, workloads, onSync, onOutput, onWorkload } = options;
    const labelSelector = shard === undefined ? `!${SHARD_LABEL}` : `${SHARD_LABEL}=${shard}`;
    const where = namespace ?? "all namespaces";
    for (const source of sources)
      this.#syncs.add({
        what: `${source.kind}s in ${where}`,
        optional: source.isOptional === true ? source : undefined,
        query: {
          resource: source.resource(namespace),
          labelSelector,
          keep: (object) => packSync(source, object),
          pageSize: PAGE_SIZE,
        },
        // All that it tells was packed by `keep`.
        take: (event) => onSync(source, namespace, event as SyncEvent),
      });
    for (const kind of OUTPUT_KINDS)
      this.#syncs.add({
        what: `${kind}s in ${where}`,
        query: {
          resource: outputResource(kind, namespace),
          labelSelector: `${SYNCED_LABEL}=true`,
          metadataOnly: true,
          keep: keepOutput,
          pageSize: PAGE_SIZE,
        },
        take: (event) => onOutput(kind, namespace, event),
      });
    for (const { what, query, take } of workloads(labelSelector, namespace))
      this.#workloads.add({
        what,
        query: { ...query, pageSize: PAGE_SIZE },
        take: (event) => onWorkload(take(event)),
      });
  }
}

/** What is kept of an output: no data comes with its metadata, and most of that is not needed. */
function keepOutput({ metadata }: KubernetesObject): KubernetesObject {
  const { name, namespace, uid, resourceVersion, annotations } = metadata;
  return {
    metadata: {
      name,
      resourceVersion,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(annotations !== undefined && { annotations }),
    },
  };
}
