import { policyError } from "./policy-error.js";
import type { FindStore, PolicyRead, PolicyStore, PolicyWorkload } from "./workload.js";

/** A read with the store it is from. */
export type GrantedRead = Omit<PolicyRead, "store"> & { readonly store: PolicyStore };

/** All that one service account reads, whatever its workloads. */
export interface Grant {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** In order. */
  readonly workloads: readonly string[];
  /** Each once, in the order of store and path. */
  readonly reads: readonly GrantedRead[];
}

/**
 * Sums up by service account, which is whom stores know, and finds the stores. The result has one order, whatever
 * the order of the manifests.
 *
 * @throws SluiceError `SLU1402` where it is not known what a store is
 */
export function grantsOf(workloads: readonly PolicyWorkload[], findStore: FindStore): readonly Grant[] {
  const groups = new Map<string, PolicyWorkload[]>();
  for (const workload of workloads) {
    if (workload.reads.length === 0) continue;
    const key = `${workload.namespace}/${workload.serviceAccount}`;
    groups.set(key, [...(groups.get(key) ?? []), workload]);
  }
  return Array.from(groups.entries())
    .sort(([a], [b]) => compare(a, b))
    .map(([, members]) => grantOf(members, findStore));
}

function grantOf(members: readonly PolicyWorkload[], findStore: FindStore): Grant {
  const { namespace, serviceAccount } = members[0] as PolicyWorkload;
  const reads = new Map<string, GrantedRead>();
  for (const { what, reads: asked } of members)
    for (const { store: name, ...read } of asked) {
      const store = findStore(name, namespace) ?? unknownStore(name, what);
      const { path, key = "", volatile = false, isDirect = false, anyIndex = false } = read;
      // Quotes and commas of JSON keep the parts apart, whatever a path holds.
      reads.set(JSON.stringify([name, path, key, volatile, isDirect, anyIndex]), { ...read, store });
    }
  return {
    namespace,
    serviceAccount,
    workloads: Array.from(new Set(members.map(({ what }) => what))).sort(compare),
    reads: Array.from(reads.entries())
      .sort(([a], [b]) => compare(a, b))
      .map(([, read]) => read),
  };
}

function unknownStore(name: string, what: string): never {
  throw policyError(
    `${what} reads from the store "${name}", and nothing tells what that is`,
    `Give --store ${name}=PROVIDER, a configuration that has it, or its SecretStore among the manifests`,
  );
}

/** By code units, so that the order is the same everywhere. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Each text once, in order. */
export function sorted(texts: readonly string[]): readonly string[] {
  return Array.from(new Set(texts)).sort(compare);
}
