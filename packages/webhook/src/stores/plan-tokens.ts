import type { DialectProblem } from "@sluice/core/dialect";
import type { InjectionPlan } from "@sluice/core/plan";
import { type StoreLookup, storeId } from "@sluice/kubernetes/stores";
import { LookupError } from "../lookups/lookup-error.js";
import { asksBroker } from "../planning/container-plan.js";
import { limitProblem } from "../planning/limit-problem.js";
import type { PodPlan } from "../planning/pod-plan.js";
import { hasEnvironmentFile } from "../strategies/environment-file.js";
import { writerPlan } from "../strategies/files-at-start.js";
import type { InjectionSettings } from "../strategies/injection-settings.js";
import { storesOf, withTokens } from "../strategies/with-tokens.js";
import type { KnownStores } from "./known-stores.js";

/** Plans with the tokens that their stores need. */
export interface TokenPlans {
  readonly plans: ReadonlyMap<string, InjectionPlan>;
  /** As {@link InjectionSettings.audiences}. */
  readonly audiences: ReadonlyMap<string, string>;
  readonly problems: readonly DialectProblem[];
  readonly warnings: readonly string[];
}

/**
 * Adds to each plan the files of the tokens that its stores need which act as the pod, with `tokenSource: projected`.
 * A store that cannot be used is no reason to deny a pod, for it may be mended, or made, after it: that is a warning.
 *
 * @see docs/spec/protocol-v1.md, 7.6
 * @throws LookupError where the stores are not known: a pod without its tokens could not be given any later
 */
export async function planTokens(
  { plans, files }: Pick<PodPlan, "plans" | "files">,
  namespace: string,
  stores: KnownStores,
  settings: InjectionSettings,
  signal: AbortSignal,
): Promise<TokenPlans> {
  const writers = Array.from(files, ([container, plan]) => writerPlan(container, plan, settings));
  // The agent knows its stores itself.
  const asking = Array.from(plans.values()).filter(asksBroker);
  const names = Array.from(new Set([...asking, ...writers].flatMap(storesOf))).sort();
  const meanings = new Map(
    await Promise.all(names.map(async (name) => [name, await stores.find(namespace, name, signal)] as const)),
  );
  signal.throwIfAborted();
  for (const [name, meaning] of meanings)
    if (meaning?.status === "unknown") throw notKnown(name, meaning.problem);
  const audiences = new Map(
    Array.from(meanings).flatMap(([name, meaning]) => {
      const audience = audienceOf(meaning);
      return audience === undefined ? [] : [[name, audience] as const];
    }),
  );
  const filled = new Map(
    Array.from(plans, ([container, plan]) => [
      container,
      // The writer asks for an environment that comes from a file.
      hasEnvironmentFile(files.get(container)) || !asksBroker(plan) ? plan : withTokens(plan, audiences),
    ]),
  );
  const problems = [...filled.values(), ...writers.map((plan) => withTokens(plan, audiences))].flatMap(
    (plan) => limitProblem(plan) ?? [],
  );
  const warnings = Array.from(meanings).flatMap(
    ([name, meaning]) => warningOf(name, namespace, meaning) ?? [],
  );
  return { plans: filled, audiences, problems, warnings };
}

/** A store that is suspended may go on tomorrow, and the pod is then still there. */
function audienceOf(meaning: StoreLookup | undefined): string | undefined {
  if (meaning?.status !== "found") return undefined;
  const { identity } = meaning.store;
  return identity.as === "pod" && identity.tokenSource === "projected" ? identity.audience : undefined;
}

function warningOf(name: string, namespace: string, meaning: StoreLookup | undefined): string | undefined {
  if (meaning?.status === "missing")
    return (
      `No store "${name}" in ${namespace} yet: containers do not start before there is a SecretStore or ClusterSecretStore ` +
      "of that name; if it acts as the pod, make the pod anew then"
    );
  if (meaning?.status === "invalid") return `${storeId(meaning.key)} cannot be used: ${meaning.problem}`;
  if (meaning?.status === "found" && meaning.store.suspended)
    return `${storeId(meaning.store)} is suspended: containers do not start before it goes on`;
  return undefined;
}

function notKnown(name: string, problem: string): LookupError {
  return new LookupError({
    problem: `Whether store "${name}" needs a token of the pod is not known: ${problem}`,
    remedy:
      "Try again; if it lasts, see that SecretStores are installed and that the webhook's role may list and watch them",
    code: 503,
  });
}
