import {
  formatReference,
  type ReferenceOutcome,
  type RequestOptions,
  type ResolvedReference,
  type SecretResolver,
} from "@sluice/core";
import { type InjectionPlan, isReferencePart, parsePlannedText, planReferences } from "@sluice/core/plan";
import { PROTOCOL_VERSION } from "../limits.js";
import { ProblemError } from "../problem-error.js";
import type { AnsweredText, AnsweredValue, EnvironmentAnswer } from "../schema/environment-answer.js";
import { type Failed, problemOf } from "./problem-of-failures.js";
import { answeredText } from "./answered-text.js";
import { HAS_NUL, spreadVariables } from "./spread-variables.js";

/** An answer, and what went into it without a value. */
export interface PlanAnswer {
  readonly answer: EnvironmentAnswer;
  readonly delivered: readonly ResolvedReference[];
}

/**
 * Reads everything a plan needs, in one request, and puts the environment together. All or nothing: of a
 * variable that is `optional`, only a secret that does not exist may be missing.
 *
 * @throws ProblemError that lists every variable which cannot be given.
 * @throws ReferenceSyntaxError
 */
export async function answerPlan(
  plan: InjectionPlan,
  resolver: Pick<SecretResolver, "settle">,
  request?: RequestOptions,
): Promise<PlanAnswer> {
  const references = planReferences(plan);
  const outcomes = await resolver.settle(Object.fromEntries(references), request);
  const optional = new Set(plan.optional);
  const env: Record<string, AnsweredValue> = {};
  const unset = new Set((plan.remove ?? []).filter((name) => !(name in plan.env)));
  const failures: Failed[] = [];
  for (const [variable, text] of Object.entries(plan.env)) {
    const parts = parsePlannedText(text).map((part) =>
      isReferencePart(part) ? fill(variable, formatReference(part), outcomes) : part,
    );
    const failed = parts.filter(isFailed);
    if (failed.length === 0) env[variable] = simplest(parts as Filled[]);
    else if (optional.has(variable) && failed.every(({ failure }) => failure.status === "not-found"))
      unset.add(variable);
    else failures.push(...failed);
  }
  for (const spread of plan.spread ?? []) {
    const { variables, failed } = spreadVariables(spread, outcomes);
    failures.push(...failed);
    for (const [name, text] of variables) {
      env[name] = text;
      unset.delete(name);
    }
  }
  if (failures.length > 0) throw new ProblemError(problemOf(plan.container, failures));
  return {
    answer: {
      protocol: PROTOCOL_VERSION,
      critical: [],
      env,
      ...(unset.size > 0 && { unset: Array.from(unset) }),
    },
    delivered: Object.values<ReferenceOutcome>(outcomes).filter((outcome) => outcome.status === "found"),
  };
}

type Filled = Exclude<AnsweredValue, readonly unknown[]> | { readonly var: string };

function isFailed(part: Filled | Failed): part is Failed {
  return typeof part === "object" && "failure" in part;
}

function fill(
  variable: string,
  reference: string,
  outcomes: Readonly<Record<string, ReferenceOutcome>>,
): AnsweredText | Failed {
  const outcome = outcomes[reference];
  const text = outcome?.status === "found" ? answeredText(outcome.value) : undefined;
  if (text !== undefined) return text;
  const failed =
    outcome === undefined || outcome.status === "found" ? ({ ...HAS_NUL, reference } as const) : outcome;
  const { status, reason, message } = failed;
  return {
    outcome: failed,
    failure: { variable, reference, status, reason, ...(message !== undefined && { message }) },
  };
}

/** One text where there is nothing but text. */
function simplest(parts: readonly Filled[]): AnsweredValue {
  if (parts.every((part) => typeof part === "string")) return parts.join("");
  const [only] = parts;
  return parts.length === 1 && only !== undefined && !(typeof only === "object" && "var" in only)
    ? only
    : parts;
}
