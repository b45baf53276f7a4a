import {
  type Failure,
  formatReference,
  type RequestOptions,
  ResolutionError,
  type ResolutionFailure,
  type ResolvedReference,
  type SecretReference,
  type SecretResolver,
} from "@sluice/core";
import { type EnvironmentPlan, hasReferences, type PlannedVariable } from "./environment-plan.js";

/** An environment with its secrets in it. Its texts are as toxic as they come: hand it to the process, nobody else. */
export interface ResolvedEnvironment {
  readonly env: Readonly<Record<string, string>>;
  /** Names of the variables that hold a secret. */
  readonly secretNames: ReadonlySet<string>;
}

/** What became of a reference, as far as a variable needs it. */
export type ReadReference = Pick<ResolvedReference, "status" | "value"> | Failure;

/**
 * Reads everything a plan needs, in one request, and puts it together.
 *
 * @throws ResolutionError that lists every variable that cannot be filled, faults of the plan included.
 */
export async function resolveEnvironment(
  plan: EnvironmentPlan,
  resolver: SecretResolver,
  request?: RequestOptions,
): Promise<ResolvedEnvironment> {
  return fillEnvironment(plan, await resolver.settle(referencesOf(plan), request));
}

/**
 * Puts together what was read.
 *
 * @param outcomes by the references' canonical forms, as {@link referencesOf} names them
 * @throws ResolutionError that lists every variable that cannot be filled, faults of the plan included.
 */
export function fillEnvironment(
  plan: EnvironmentPlan,
  outcomes: Readonly<Record<string, ReadReference>>,
): ResolvedEnvironment {
  const failures: ResolutionFailure[] = [...plan.faults];
  const entries = plan.variables.map((variable) => [variable.name, fill(variable, outcomes, failures)]);
  if (failures.length > 0) throw new ResolutionError(failures);
  const secretNames = plan.variables.filter(hasReferences).map(({ name }) => name);
  return { env: Object.fromEntries(entries) as Record<string, string>, secretNames: new Set(secretNames) };
}

/** Every reference of a plan once, by its canonical form. */
export function referencesOf({ variables }: EnvironmentPlan): Record<string, SecretReference> {
  return Object.fromEntries(
    variables.flatMap(({ parts }) =>
      parts.flatMap((part) => (typeof part === "string" ? [] : [[formatReference(part), part]])),
    ),
  );
}

function fill(
  { name, parts, origin }: PlannedVariable,
  outcomes: Readonly<Record<string, ReadReference>>,
  failures: ResolutionFailure[],
): string | undefined {
  const texts = parts.map((part) => {
    if (typeof part === "string") return part;
    const reference = formatReference(part);
    const outcome = outcomes[reference];
    const failure = outcome?.status === "found" ? textOf(outcome) : outcome;
    if (typeof failure === "string") return failure;
    failures.push({ ...(failure ?? NOT_TEXT), label: name, origin, reference, store: part.store });
    return undefined;
  });
  return texts.includes(undefined) ? undefined : texts.join("");
}

/** A value as a variable can hold it. */
function textOf({ value }: Pick<ResolvedReference, "value">): string | typeof NOT_TEXT {
  const text = value.textOrUndefined();
  return text === undefined || text.includes("\0") ? NOT_TEXT : text;
}

const NOT_TEXT = {
  status: "invalid",
  reason: "not-text",
  message: "holds bytes that no variable can hold: it is not UTF-8 text, or has a NUL",
  remedy: "Decode it with decode=, or write it to a file with: sluice read",
} as const;
