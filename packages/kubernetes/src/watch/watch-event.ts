import type { KubernetesObject } from "../objects/kubernetes-object.js";

/** What a watch tells. To go on after an event, begin a watch at its `resourceVersion`. */
export type ObjectEvent =
  /** Everything there is now; earlier events may have been missed. */
  | {
      readonly kind: "synced";
      readonly objects: readonly KubernetesObject[];
      readonly resourceVersion: string;
    }
  | { readonly kind: "changed"; readonly object: KubernetesObject; readonly resourceVersion: string }
  | { readonly kind: "deleted"; readonly object: KubernetesObject; readonly resourceVersion: string }
  /** Nothing happened up to here. */
  | { readonly kind: "progress"; readonly resourceVersion: string };
