import { stringify } from "yaml";
import { compare, type Grant, type GrantedRead, sorted } from "../grant.js";
import { policyError } from "../policy-error.js";
import type { PolicyTarget } from "../policy-target.js";
import type { PolicyStore } from "../workload.js";
import { NOTICE } from "../text/heading.js";

/**
 * The `access` of stores in a cluster, as patches: a document a store, for `kubectl patch --type merge`. What a rule
 * does not name is refused.
 */
export const storeAccess: PolicyTarget = {
  isOfBroker: true,
  render: (grants) => {
    const stores = new Map<string, PolicyStore>();
    for (const { store } of grants.flatMap(({ reads }) => reads)) stores.set(keyOf(store), store);
    return Array.from(stores.entries())
      .sort(([a], [b]) => compare(a, b))
      .map(([key, store]) => `${NOTICE}\n${stringify(patchOf(key, store, grants), { lineWidth: 0 })}`)
      .join("---\n");
  },
};

function patchOf(key: string, { name, namespace }: PolicyStore, grants: readonly Grant[]) {
  return {
    apiVersion: "sluice.dev/v1alpha1",
    kind: namespace === undefined ? "ClusterSecretStore" : "SecretStore",
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: {
      access: grants.flatMap((grant) => {
        const paths = sorted(grant.reads.filter(({ store }) => keyOf(store) === key).map(patternOf));
        if (paths.length === 0) return [];
        return [
          {
            ...(namespace === undefined && { namespaces: [grant.namespace] }),
            serviceAccounts: [grant.serviceAccount],
            paths,
          },
        ];
      }),
    },
  };
}

function patternOf({ store, path, anyIndex = false }: GrantedRead): string {
  if (path.includes("*"))
    throw policyError(
      `"${path}" in the store "${store.name}" has what a rule takes for a wildcard`,
      "Name the secret otherwise: no rule can grant it alone",
    );
  return anyIndex ? `${path}.*` : path;
}

function keyOf({ name, namespace = "" }: PolicyStore): string {
  return `${namespace}/${name}`;
}
