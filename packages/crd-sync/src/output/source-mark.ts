import { createHash } from "node:crypto";
import type { KubernetesObject } from "@sluice/kubernetes";
import type { CreationPolicy } from "../source/sync-spec.js";

/** Label of every object that a sync writes: what the controller watches. */
export const SYNCED_LABEL = "sluice.dev/synced";

const PREFIX = "sync.sluice.dev/";

/** Who asks for a sync, in the namespace of the output. */
export interface SyncOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Counts what it asked for. */
  readonly generation: number;
}

/** What an output says of one of its sources. */
export interface SourceMark {
  readonly kind: string;
  readonly name: string;
  readonly policy: CreationPolicy;
}

/** What tells a source from every other, also after it was deleted and made again: `SecretSync shop/web`. */
export function sourceId({ kind, namespace, name }: Pick<SyncOwner, "kind" | "namespace" | "name">): string {
  return `${kind} ${namespace}/${name}`;
}

/** The field manager of a source: of what it applied it owns the fields, and no other does. */
export function fieldManagerOf({ kind, name }: Pick<SyncOwner, "kind" | "name">): string {
  const manager = `sluice-sync/${kind}.${name}`;
  // The API server takes 128 bytes.
  return manager.length <= 128 ? manager : `${manager.slice(0, 100)}.${digest(kind, name)}`;
}

/** The annotation by which an output says that this source writes into it. */
export function markKey({ kind, name }: Pick<SyncOwner, "kind" | "name">): string {
  return PREFIX + digest(kind, name);
}

export function formatMark({ kind, name, policy }: SourceMark): string {
  return `${kind}/${name} ${policy}`;
}

/** The sources that write into an object, as it says itself. */
export function marksOf({ metadata: { annotations = {} } }: KubernetesObject): SourceMark[] {
  return Object.entries(annotations).flatMap(([key, text]) => {
    const [, kind, name, policy] = /^([A-Za-z]+)\/(\S+) (Owner|Merge|Orphan)$/.exec(text) ?? [];
    if (kind === undefined || name === undefined || key !== markKey({ kind, name })) return [];
    return [{ kind, name, policy: policy as CreationPolicy }];
  });
}

function digest(kind: string, name: string): string {
  return createHash("sha256").update(`${kind}/${name}`).digest("hex").slice(0, 16);
}
