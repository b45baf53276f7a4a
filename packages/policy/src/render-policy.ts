import { type Grant, grantsOf, sorted } from "./grant.js";
import { policyError } from "./policy-error.js";
import { type PolicyTarget, type TargetName, TARGETS } from "./policy-target.js";
import type { FindStore, PolicyWorkload } from "./workload.js";

/** A policy, and what it is not about. */
export interface RenderedPolicy {
  readonly text: string;
  /** Stores that the manifests read from, and that this sort of policy says nothing about. */
  readonly leftOut: readonly string[];
}

/**
 * The policy under which manifests can read what they ask for, and nothing else. The same manifests give the same
 * text.
 *
 * @throws SluiceError `SLU1402`
 */
export function renderPolicy(
  target: TargetName,
  workloads: readonly PolicyWorkload[],
  findStore: FindStore,
): RenderedPolicy {
  const { render, providers, isOfBroker = false }: PolicyTarget = TARGETS[target];
  const all = grantsOf(workloads, findStore);
  const covers = ({ store, isDirect = false }: Grant["reads"][number]) =>
    (providers?.includes(store.provider) ?? true) && !(isOfBroker && isDirect);
  const grants = all
    .map((grant) => ({ ...grant, reads: grant.reads.filter(covers) }))
    .filter(({ reads }) => reads.length > 0);
  const others = all.flatMap(({ reads }) => reads.filter((read) => !covers(read)));
  const leftOut = sorted(others.map(({ store }) => `${store.name} (${store.provider})`));
  if (grants.length === 0)
    throw policyError(
      leftOut.length === 0
        ? "The manifests ask for no secrets"
        : `The manifests read nothing that a policy of ${target} is about, but from ${leftOut.join(", ")}`,
      "Check the files, and --target",
    );
  return { text: render(grants), leftOut };
}
