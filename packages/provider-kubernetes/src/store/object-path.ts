import type { Failure } from "@sluice/core";
import type { ClusterStore } from "./cluster-store.js";

/** Where an object is. */
export interface ObjectPath {
  readonly namespace: string;
  readonly name: string;
}

// What Kubernetes lets names be; nothing else gets into the path of a request.
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LONGEST_NAME = 253;

/** `NAME` in the store's namespace, or `NAMESPACE/NAME` in a store of all. */
export function parsePath(
  store: Pick<ClusterStore, "namespace" | "kind">,
  path: string,
): ObjectPath | Failure {
  const parts = path.split("/");
  const [namespace, name] = store.namespace === undefined ? parts : [store.namespace, ...parts];
  const expected = store.namespace === undefined ? 2 : 1;
  if (parts.length !== expected || !namespace || !name || !isNamespace(namespace) || !isName(name))
    return {
      status: "invalid",
      reason: "path",
      message: `is no path of a ${store.kind}`,
      remedy:
        store.namespace === undefined
          ? "Write NAMESPACE/NAME, or name the namespace in the store's options"
          : `Write the name of a ${store.kind} of namespace ${store.namespace}`,
    };
  return { namespace, name };
}

/** The path of an object as {@link parsePath} reads it. */
export function formatPath(
  store: Pick<ClusterStore, "namespace" | "kind">,
  { namespace, name }: ObjectPath,
): string {
  return store.namespace === undefined ? `${namespace}/${name}` : name;
}

/** Whether a namespace can have this name. */
export function isNamespace(text: string): boolean {
  return LABEL.test(text);
}

function isName(text: string): boolean {
  return text.length <= LONGEST_NAME && SUBDOMAIN.test(text);
}
