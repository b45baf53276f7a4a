import type { Pod } from "../pod/pod.js";
import { diffJson, type PatchOperation } from "./diff-json.js";
import type { MutationContext, MutationStrategy } from "./mutation-strategy.js";

/** A pod after its strategies. */
export interface Mutation {
  readonly pod: Pod;
  /** RFC 6902: leads from the pod as it was to the pod as it is. Empty where nothing is to be done. */
  readonly patch: readonly PatchOperation[];
}

/** Folds the strategies that apply over the pod, in order, and diffs once at the end. */
export function mutatePod<Settings>(
  strategies: readonly MutationStrategy<Settings>[],
  context: MutationContext<Settings>,
): Mutation {
  const pod = strategies
    .filter((strategy) => strategy.appliesTo(context))
    .reduce((changed, strategy) => strategy.apply(changed, context), context.pod);
  return { pod, patch: diffJson(context.pod, pod) };
}
