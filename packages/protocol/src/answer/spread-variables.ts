import {
  type Failure,
  formatReference,
  parseFields,
  parseReference,
  type ReferenceOutcome,
  SecretValue,
} from "@sluice/core";
import { type PlannedSpread, SPREAD_LABEL, VARIABLE_NAME } from "@sluice/core/plan";
import type { AnsweredText } from "../schema/environment-answer.js";
import { answeredText } from "./answered-text.js";
import type { Failed } from "./problem-of-failures.js";

/** A value that no environment can hold. */
export const HAS_NUL: Failure = {
  status: "invalid",
  reason: "has-nul",
  message: "holds a NUL byte, which no variable can hold",
  remedy: "Decode it with decode=, or inject it as a file",
};

/** The variables of a secret that is spread, or why they cannot be given. */
export interface SpreadReading {
  readonly variables: readonly (readonly [name: string, text: AnsweredText])[];
  readonly failed: readonly Failed[];
}

const NAME: RegExp = new RegExp(VARIABLE_NAME);

/** All or nothing: a field that cannot be a variable fails the secret. */
export function spreadVariables(
  { from, optional = false }: PlannedSpread,
  outcomes: Readonly<Record<string, ReferenceOutcome>>,
): SpreadReading {
  const reference = formatReference(parseReference(from));
  const outcome = outcomes[reference];
  if (outcome?.status !== "found") {
    if (outcome === undefined) return none(failedAs(reference, SPREAD_LABEL, HAS_NO_OUTCOME));
    return optional && outcome.status === "not-found"
      ? none()
      : none(failedAs(reference, SPREAD_LABEL, outcome));
  }
  const fields = parseFields(outcome.value);
  if ("status" in fields) return none(failedAs(reference, SPREAD_LABEL, fields));
  const variables: (readonly [string, AnsweredText])[] = [];
  const failed: Failed[] = [];
  for (const [name, field] of fields) {
    const text = SecretValue.isInstance(field) ? answeredText(field) : undefined;
    if (!NAME.test(name)) failed.push(failedAs(reference, SPREAD_LABEL, badName(name)));
    else if (!SecretValue.isInstance(field)) failed.push(failedAs(reference, name, field));
    else if (text === undefined) failed.push(failedAs(reference, name, HAS_NUL));
    else variables.push([name, text]);
  }
  return failed.length === 0 ? { variables, failed } : none(...failed);
}

function none(...failed: readonly Failed[]): SpreadReading {
  return { variables: [], failed };
}

function failedAs(reference: string, variable: string, failure: Failure): Failed {
  const { status, reason, message } = failure;
  return {
    outcome: { ...failure, reference },
    failure: { variable, reference, status, reason, ...(message !== undefined && { message }) },
  };
}

function badName(name: string): Failure {
  return {
    status: "invalid",
    reason: "not-a-variable-name",
    message: `has the field ${JSON.stringify(name)}, which no variable can be called`,
    remedy: "Rename the field in its store, or name the fields wanted one by one",
  };
}

const HAS_NO_OUTCOME: Failure = {
  status: "unavailable",
  reason: "no-outcome",
  message: "was not read",
  remedy: "Report it to those who run the source",
};
