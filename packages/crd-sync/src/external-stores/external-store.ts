import type { SecretKeyReference, Store } from "@sluice/kubernetes/stores";
import type { NamespaceCondition } from "./namespace-conditions.js";

/** A store of the External Secrets Operator, as one of ours. */
export interface ExternalStore extends Store {
  /** Its own name; {@link Store.name} is what references call it. */
  readonly ownName: string;
  readonly apiVersion: string;
  /** Namespaces that may use it; all if there is none. Of a `ClusterSecretStore`. */
  readonly conditions: readonly NamespaceCondition[];
  /** What stands in other objects, and where it belongs. */
  readonly sources: readonly ExternalSource[];
  /** Variables of its provider that never come from ours. */
  readonly variables: Readonly<Record<string, string>>;
  readonly paths: ExternalPaths;
}

/** How secrets of a store are named. Each answer is pure. */
export interface ExternalPaths {
  /** Path of a `remoteRef.key`. */
  readonly pathOf: (key: string) => string | { readonly problem: string };
  /** What paths begin with under a `find.path`. */
  readonly prefixOf: (path: string) => string;
  /** What a listed path is called there; nothing for one that is not searched. */
  readonly nameOf: (path: string) => string | undefined;
  /** What a `remoteRef.version` is: an identifier, or a label. */
  readonly versionOf: (version: string) => { readonly version: string } | { readonly label: string };
}

/** One text in another object. It is never empty. */
export interface ExternalSource {
  /** Field of the store that names it. */
  readonly place: string;
  readonly target:
    | { readonly option: string }
    | { readonly variable: string }
    /** A certificate of an authority. */
    | { readonly certificates: string };
  readonly from:
    | { readonly kind: "Secret" | "ConfigMap"; readonly at: SecretKeyReference }
    | {
        readonly kind: "ServiceAccount";
        readonly at: { readonly namespace: string; readonly name: string; readonly annotation: string };
      };
}

/** Whether it is one of theirs. */
export function isExternalStore(store: Store): store is ExternalStore {
  return "sources" in store && "ownName" in store;
}
