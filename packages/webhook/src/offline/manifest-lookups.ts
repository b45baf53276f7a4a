import { isObject, type ManifestObject } from "@sluice/mode/manifests";
import type { ClusterLookups, FoundObject } from "../lookups/cluster-lookups.js";

/** Looks objects up among those that were given, and nowhere else. */
export function manifestLookups(objects: readonly ManifestObject[], namespace: string): ClusterLookups {
  const known = new Map<string, FoundObject>();
  for (const { kind, object } of objects) {
    const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
    const { name, namespace: own = namespace } = metadata;
    if (typeof name !== "string" || typeof own !== "string") continue;
    const where = kind === "Namespace" ? "" : own;
    known.set(`${where}/${kind}/${name}`, kind === "Secret" ? encoded(object) : object);
  }
  return {
    isHidden: () => false,
    namespaceLabels: async (name) => {
      const { metadata } = (known.get(`/Namespace/${name}`) ?? {}) as {
        readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
      };
      return Promise.resolve(metadata?.labels ?? {});
    },
    find: async (where, { kind, name }) => Promise.resolve(known.get(`${where}/${kind}/${name}`)),
  };
}

/** As the API server keeps a Secret. */
function encoded(secret: FoundObject): FoundObject {
  const { data, stringData } = secret;
  if (!isObject(stringData)) return secret;
  const texts = Object.entries(stringData).map(([key, text]) => [
    key,
    Buffer.from(String(text)).toString("base64"),
  ]);
  return { ...secret, data: { ...(isObject(data) ? data : {}), ...Object.fromEntries(texts) } };
}
