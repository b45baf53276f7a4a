import { formatFault, parseStore, type StoreKind, type StoreLookup } from "@sluice/kubernetes/stores";
import { isObject, type ManifestObject } from "@sluice/mode/manifests";
import type { KnownStores } from "../stores/known-stores.js";

/** The stores among these objects. Of others nothing is said: they may be in the cluster. */
export function manifestStores(objects: readonly ManifestObject[], namespace: string): KnownStores {
  const known = new Map<string, StoreLookup>();
  for (const { kind, object } of objects) {
    const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
    const { name, namespace: own = namespace } = metadata;
    if (!isStoreKind(kind) || typeof name !== "string" || typeof own !== "string") continue;
    const where = kind === "SecretStore" ? own : "";
    known.set(`${where}/${name}`, meaningOf(kind, name, where, object["spec"]));
  }
  return {
    find: async (where, name) => Promise.resolve(known.get(`${where}/${name}`) ?? known.get(`/${name}`)),
  };
}

function isStoreKind(kind: string): kind is StoreKind {
  return kind === "SecretStore" || kind === "ClusterSecretStore";
}

function meaningOf(kind: StoreKind, name: string, namespace: string, spec: unknown): StoreLookup {
  const key = { kind, name, ...(namespace !== "" && { namespace }) };
  const version = "manifest";
  const { store, faults = [] } = parseStore(key, version, spec);
  if (store !== undefined) return { status: "found", store };
  return { status: "invalid", key, version, problem: faults.map(formatFault).join("; ") };
}
