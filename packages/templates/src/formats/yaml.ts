import { Document, Scalar } from "yaml";

import { escapeCodeUnits } from "../escape-code-units.js";
import type { Variable } from "../variable.js";

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/**
 * Characters that JSON writes as they are and YAML does not take so: a YAML 1.1 reader folds NEL, LS and PS
 * like line breaks, and the rest are not printable (YAML 1.1 and 1.2, c-printable).
 */
const NOT_PRINTABLE = /[\x7F-\x9F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g;

/**
 * One mapping that a YAML 1.1 and a YAML 1.2 reader read alike. Every value is in double quotes on one line, so
 * none is a number, a boolean, a date or null, and no indentation or chomping can touch a line break. A name
 * is in quotes only where it needs them, as `on` and `NO` do.
 */
export function formatYaml(variables: readonly Variable[]): string {
  const entries = variables.map(({ name, value }) => [nameScalar(name), value] as const);
  const document = new Document(new Map(entries), { compat: "yaml-1.1" });
  const text = document.toString({
    defaultStringType: "QUOTE_DOUBLE",
    doubleQuotedAsJSON: true,
    singleQuote: false,
  });
  // They are in double quotes wherever they are: a plain name has none.
  return escapeCodeUnits(text, NOT_PRINTABLE);
}

function nameScalar(name: string): Scalar<string> {
  const scalar = new Scalar(name);
  scalar.type = PLAIN_NAME.test(name) ? "PLAIN" : "QUOTE_DOUBLE";
  return scalar;
}
