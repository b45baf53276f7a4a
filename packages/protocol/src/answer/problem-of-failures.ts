import { type ErrorKind, type Failure, failureKind, ResolutionError } from "@sluice/core";
import { type Problem, type ProblemKind, STATUS_OF_KIND, type VariableFailure } from "../schema/problem.js";

/** A variable that cannot be given, and what became of the reference in it. */
export interface Failed {
  readonly failure: VariableFailure;
  readonly outcome: Failure & { readonly reference: string };
}

/** One problem for all that failed: its kind is what is to be mended first, and what may pass is waited for last. */
export function problemOf(container: string, failed: readonly Failed[]): Problem {
  const { kind, remedy } = new ResolutionError(
    failed.map(({ outcome, failure }) => ({ ...outcome, label: failure.variable })),
  );
  const waits = failed.flatMap(({ outcome: { retryAfterMs } }) => retryAfterMs ?? []);
  const variables = new Set(failed.map(({ failure }) => failure.variable)).size;
  return {
    kind: asProblemKind(kind),
    // Of one that the kind is of: the two must not speak of different failures.
    reason: failed.find(({ outcome }) => failureKind(outcome) === kind)?.failure.reason ?? "unknown",
    message: `${variables === 1 ? "1 variable" : `${variables} variables`} of container "${container}" cannot be given`,
    remedy,
    failures: failed.map(({ failure }) => failure),
    ...(waits.length > 0 && { retryAfterSeconds: Math.ceil(Math.max(...waits) / 1000) }),
  };
}

function asProblemKind(kind: ErrorKind): ProblemKind {
  return kind in STATUS_OF_KIND ? (kind as ProblemKind) : "bug";
}
