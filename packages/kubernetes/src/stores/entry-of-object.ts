import { field, type KubernetesObject } from "../objects/kubernetes-object.js";
import { parseStore } from "./parse-store.js";
import { formatFault } from "./store-fault.js";
import type { VersionedEntry } from "./store-table.js";
import type { Store, StoreKey, StoreKind } from "./store.js";

/** What may be refused beyond the rules that hold everywhere. */
export interface StorePolicy {
  /** See {@link WatchStoresOptions.brokerIdentityInNamespaces}. */
  readonly brokerIdentityInNamespaces: readonly string[];
}

/** What a catalogue holds of a store in a cluster. */
export function entryOfObject(
  kind: StoreKind,
  object: KubernetesObject,
  policy: StorePolicy,
): VersionedEntry {
  const key = keyOfObject(kind, object);
  const { uid = "", generation = 0 } = object.metadata;
  const version = `${uid}/${generation}`;
  const { store, faults } = parseStore(key, version, field(object, "spec"));
  if (store === undefined) return invalid(key, version, faults.map(formatFault).join("; "));
  const problem = breach(store, policy);
  return problem === undefined
    ? { version, entry: { status: "found", store } }
    : invalid(key, version, problem);
}

/** The key of a store in a cluster. */
export function keyOfObject(kind: StoreKind, { metadata: { name, namespace } }: KubernetesObject): StoreKey {
  return { kind, name, ...(kind === "SecretStore" && namespace !== undefined && { namespace }) };
}

function breach({ kind, identity, provider }: Store, policy: StorePolicy): string | undefined {
  const isOurs = kind === "SecretStore" && identity.as === "broker";
  if (!isOurs || policy.brokerIdentityInNamespaces.includes(provider)) return undefined;
  return (
    `a SecretStore of provider ${provider} may not use identity: broker, for it would log in with the broker's ` +
    "rights wherever its author says; use identity: pod, or have the operator of the broker allow it"
  );
}

function invalid(key: StoreKey, version: string, problem: string): VersionedEntry {
  return { version, entry: { status: "invalid", key, problem } };
}
