import { AnnotationProblem } from "./annotation-problem.js";

/** A parameter's name, taken apart. */
export interface KeesName {
  readonly name: string;
  readonly bareName: string;
  readonly field?: string;
}

/** What Kubernetes allows after the slash of an annotation's key. It becomes a file's name and a line's key. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** @throws AnnotationProblem where the name could not be one of an annotation. */
export function readKeesName(name: string): KeesName {
  if (!NAME.test(name))
    throw new AnnotationProblem(
      "has a name that no annotation may have",
      "Begin it with a letter or digit, and use letters, digits, dots, hyphens and underscores",
    );
  return splitField(name);
}

/**
 * Takes the field off a name: what follows its last underscore, where that is only lower-case letters. So
 * `signingKey.v1_public` is the field `public` of `signingKey.v1`, and `signingKey.v1` has no field.
 */
export function splitField(name: string): KeesName {
  const [, bareName, field] = /^(.*)_([a-z]*)$/s.exec(name) ?? [];
  if (bareName === undefined || field === undefined) return { name, bareName: name };
  return { name, bareName, field };
}
