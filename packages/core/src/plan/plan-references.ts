import { formatReference } from "../reference/format-reference.js";
import type { SecretReference } from "../reference/secret-reference.js";
import { parseTemplate, type TemplatePart } from "../reference/template.js";
import type { InjectionPlan, OwnVariable, PlannedText } from "./injection-plan.js";

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

export function isReferencePart(part: TemplatePart | OwnVariable): part is SecretReference {
  return typeof part === "object" && "store" in part;
}

/**
 * Every reference of a plan once, by its canonical form.
 *
 * @throws ReferenceSyntaxError
 */
export function planReferences({ env }: InjectionPlan): Map<string, SecretReference> {
  const references = Object.values(env).flatMap(parsePlannedText).filter(isReferencePart);
  return new Map(references.map((reference) => [formatReference(reference), reference]));
}
