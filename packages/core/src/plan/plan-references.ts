import { PlanError } from "../errors/plan-error.js";
import { formatReference } from "../reference/format-reference.js";
import type { SecretReference } from "../reference/secret-reference.js";
import { parseTemplate, type TemplatePart } from "../reference/template.js";
import { type InjectionPlan, type OwnVariable, PLAN_LIMITS, type PlannedText } from "./injection-plan.js";

/**
 * Literal text, references, and variables of the container's own, in order.
 *
 * @throws ReferenceSyntaxError
 */
export function parsePlannedText(text: PlannedText): (TemplatePart | OwnVariable)[] {
  if (typeof text === "string") return parseTemplate(text);
  return text.flatMap((part): (TemplatePart | OwnVariable)[] =>
    typeof part === "string" ? parseTemplate(part) : [part],
  );
}

/** Whether a part of a text is a reference. */
export function isReferencePart(part: TemplatePart | OwnVariable): part is SecretReference {
  return typeof part === "object" && "store" in part;
}

/** Text that takes something from stores, and what to call it in messages: the variable, or the secret itself where it is spread. */
export interface PlannedTake {
  readonly label: string;
  readonly text: PlannedText;
}

/** Everything that a plan takes from stores. */
export function plannedTakes({ env, spread = [] }: InjectionPlan): PlannedTake[] {
  return [
    ...Object.entries(env).map(([label, text]) => ({ label, text })),
    ...spread.map(({ from }) => ({ label: SPREAD_LABEL, text: from })),
  ];
}

/** Stands for the variables of a secret whose names are not known. */
export const SPREAD_LABEL = "*";

/**
 * Every reference of a plan once, by its canonical form.
 *
 * @throws ReferenceSyntaxError
 * @throws PlanError when there are too many
 */
export function planReferences(plan: InjectionPlan): ReadonlyMap<string, SecretReference> {
  const known = found.get(plan);
  if (known !== undefined) return known;
  const distinct = distinctReferences(plan);
  found.set(plan, distinct);
  return distinct;
}

/** A plan is asked for its references by everybody who handles it: once to see what is wanted, once to give it. */
const found = new WeakMap<InjectionPlan, ReadonlyMap<string, SecretReference>>();

function distinctReferences(plan: InjectionPlan): ReadonlyMap<string, SecretReference> {
  const references = plannedTakes(plan)
    .flatMap(({ text }) => parsePlannedText(text))
    .filter(isReferencePart);
  const distinct = new Map(references.map((reference) => [formatReference(reference), reference]));
  if (distinct.size > PLAN_LIMITS.references)
    throw new PlanError(
      `The plan for container "${plan.container}" has ${distinct.size} references, ${PLAN_LIMITS.references} at most`,
      "Keep what belongs together as fields of one secret, and inject that whole",
    );
  return distinct;
}
