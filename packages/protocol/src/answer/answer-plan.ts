import {
  formatReference,
  type ReferenceOutcome,
  type RequestOptions,
  type ResolvedReference,
  type SecretResolver,
} from "@sluice/core";
import { type InjectionPlan, isReferencePart, parsePlannedText, planReferences } from "@sluice/core/plan";
import { LIMITS, PROTOCOL_VERSION } from "../limits.js";
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
 * @throws ProblemError that lists every variable which cannot be given, or `answer-too-large`
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
  const env: [variable: string, value: AnsweredValue][] = [];
  const unset = new Set((plan.remove ?? []).filter((name) => !Object.hasOwn(plan.env, name)));
  const failures: Failed[] = [];
  const texts = new Map(
    Object.entries(outcomes).map(([reference, outcome]) => [reference, textOf(outcome)] as const),
  );
  let size = 0;
  for (const [variable, text] of Object.entries(plan.env)) {
    const parts = parsePlannedText(text).map((part) =>
      isReferencePart(part)
        ? (texts.get(formatReference(part)) ?? failedPart(variable, formatReference(part), outcomes))
        : part,
    );
    const failed = uniqueBy(parts.filter(isFailed), ({ failure }) => failure.reference);
    // Before anything is joined: a small plan can repeat a large value a thousand times.
    size += parts.reduce((sum, part) => sum + lengthOf(part), 0);
    if (size > LIMITS.answerBytes) throw tooLarge(plan.container);
    if (failed.length === 0) env.push([variable, simplest(parts as Filled[])]);
    else if (optional.has(variable) && failed.every(({ failure }) => failure.status === "not-found"))
      unset.add(variable);
    else failures.push(...failed);
  }
  for (const spread of plan.spread ?? []) {
    const { variables, failed } = spreadVariables(spread, outcomes);
    failures.push(...failed);
    for (const [name, text] of variables) {
      size += lengthOf(text);
      env.push([name, text]);
      unset.delete(name);
    }
  }
  if (size > LIMITS.answerBytes) throw tooLarge(plan.container);
  if (failures.length > 0) throw new ProblemError(problemOf(plan.container, failures));
  const answer = {
    protocol: PROTOCOL_VERSION,
    critical: [],
    // Unlike an assignment it takes any name: also `__proto__`.
    env: Object.fromEntries(env),
    ...(unset.size > 0 && { unset: Array.from(unset) }),
  };
  if (Buffer.byteLength(JSON.stringify(answer)) > LIMITS.answerBytes) throw tooLarge(plan.container);
  return {
    answer,
    delivered: Object.values<ReferenceOutcome>(outcomes).filter((outcome) => outcome.status === "found"),
  };
}

type Filled = Exclude<AnsweredValue, readonly unknown[]> | { readonly var: string };

function isFailed(part: Filled | Failed): part is Failed {
  return typeof part === "object" && "failure" in part;
}

function textOf(outcome: ReferenceOutcome): AnsweredText | undefined {
  return outcome.status === "found" ? answeredText(outcome.value) : undefined;
}

function failedPart(
  variable: string,
  reference: string,
  outcomes: Readonly<Record<string, ReferenceOutcome>>,
): Failed {
  const outcome = outcomes[reference];
  const failed =
    outcome === undefined || outcome.status === "found" ? ({ ...HAS_NUL, reference } as const) : outcome;
  const { status, reason, message } = failed;
  return {
    outcome: failed,
    failure: { variable, reference, status, reason, ...(message !== undefined && { message }) },
  };
}

/** What a part takes in an answer at least, in bytes. */
function lengthOf(part: Filled | Failed): number {
  if (typeof part === "string") return part.length;
  return "base64" in part ? part.base64.length : 0;
}

/** A launcher refuses what is larger; that is better said here, where it can be mended. */
function tooLarge(container: string): ProblemError {
  return new ProblemError({
    kind: "configuration",
    reason: "answer-too-large",
    message: `The environment of container "${container}" has more than ${LIMITS.answerBytes} bytes`,
    remedy: "Inject large values as files",
  });
}

function uniqueBy<Item>(items: readonly Item[], keyOf: (item: Item) => unknown): Item[] {
  return Array.from(new Map(items.map((item) => [keyOf(item), item])).values());
}

/** One text where there is nothing but text. */
function simplest(parts: readonly Filled[]): AnsweredValue {
  if (parts.every((part) => typeof part === "string")) return parts.join("");
  const [only] = parts;
  return parts.length === 1 && only !== undefined && !(typeof only === "object" && "var" in only)
    ? only
    : parts;
}
