import { field, type KubernetesObject } from "../objects/kubernetes-object.js";
import { parseStore } from "./parse-store.js";
import { formatFault } from "./store-fault.js";
import type { StoreEntry } from "./store-catalogue.js";
import { type Store, type StoreKey, type StoreKind, versionOf } from "./store.js";

/** What may be refused beyond the rules that hold everywhere. */
export interface StorePolicy {
  /** See {@link WatchStoresOptions.brokerIdentityInNamespaces}. */
  readonly brokerIdentityInNamespaces: readonly string[];
  /** See {@link WatchStoresOptions.tokenAudiencesInNamespaces}. */
  readonly tokenAudiencesInNamespaces: readonly string[];
}

/** Annotation of a store: an RFC 3339 time until which deletions go on, see docs/sync.md. */
export const ALLOW_DELETIONS = "sluice.dev/allow-deletions-until";

/** What a catalogue holds of a store in a cluster. */
export function entryOfObject(kind: StoreKind, object: KubernetesObject, policy: StorePolicy): StoreEntry {
  const key = keyOfObject(kind, object);
  const version = versionOf(object.metadata);
  const { store, faults } = parseStore(key, version, field(object, "spec"));
  if (store === undefined) return invalid(key, version, faults.map(formatFault).join("; "));
  const problem = breach(store, policy);
  if (problem !== undefined) return invalid(key, version, problem);
  const until = Date.parse(object.metadata.annotations?.[ALLOW_DELETIONS] ?? "");
  return {
    status: "found",
    store: { ...store, ...(!Number.isNaN(until) && { deletionsAllowedUntil: until }) },
  };
}

/** The key of a store in a cluster. */
export function keyOfObject(kind: StoreKind, { metadata: { name, namespace } }: KubernetesObject): StoreKey {
  return { kind, name, ...(kind === "SecretStore" && namespace !== undefined && { namespace }) };
}

function breach({ kind, identity, provider }: Store, policy: StorePolicy): string | undefined {
  if (kind === "ClusterSecretStore") return undefined;
  if (identity.as === "broker")
    return policy.brokerIdentityInNamespaces.includes(provider)
      ? undefined
      : `a SecretStore of provider ${provider} may not use identity: broker, for it would log in with the broker's ` +
          "rights wherever its author says; use identity: pod, or have the operator of the broker allow it";
  if (identity.tokenSource === "projected") return undefined;
  return policy.tokenAudiencesInNamespaces.includes(identity.audience)
    ? undefined
    : `a SecretStore may not have the broker create tokens for the audience ${identity.audience}, for its author would ` +
        "be whom they prove to be; use tokenSource: projected, or have the operator of the broker allow the audience";
}

function invalid(key: StoreKey, version: string, problem: string): StoreEntry {
  return { status: "invalid", key, version, problem };
}
