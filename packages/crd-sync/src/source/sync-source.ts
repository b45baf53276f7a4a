import type { KubernetesObject, Resource } from "@sluice/kubernetes";
import type { SyncMemory, SyncReport } from "./sync-report.js";
import type { SyncSpec } from "./sync-spec.js";

/** What an object asks for, or why it makes no sense: for people, without a value. */
export type ReadSync =
  | { readonly sync: SyncSpec; readonly problem?: undefined }
  | { readonly sync?: undefined; readonly problem: string };

/**
 * A kind of objects that ask for syncs, such as `SecretSync`. The engine watches them, reads what they ask for, does
 * it, and tells the source what to write into their status. A source is pure: it talks to nobody.
 */
export interface SyncSource {
  readonly apiVersion: string;
  readonly kind: string;
  /** The cluster may do without this kind: the others are done all the same. */
  readonly isOptional?: boolean;
  /** Where the objects are. */
  resource(namespace?: string): Resource;
  /** What is kept of an object in memory: what {@link read}, {@link recall} and {@link statusOf} look at. */
  keep(object: KubernetesObject): KubernetesObject;
  /** What the object asks for. Called often: it must be cheap. */
  read(object: KubernetesObject): ReadSync;
  /** What its status says of the last sync. What is not there is found out anew. */
  recall(object: KubernetesObject): SyncMemory;
  /** The `status` to apply, or `undefined` if it says so already. `now` is in milliseconds since the epoch. */
  statusOf(object: KubernetesObject, report: SyncReport, now: number): object | undefined;
}
