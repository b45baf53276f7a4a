import { COLLECTION_FUNCTIONS } from "./collections.js";
import { COMPARISON_FUNCTIONS } from "./comparisons.js";
import { ENCODING_FUNCTIONS } from "./encodings.js";
import { ENVIRONMENT_FUNCTIONS } from "./environment.js";
import { ESCAPE_FUNCTIONS } from "./escapes.js";
import { FORMAT_FUNCTIONS } from "./formats.js";
import type { GoFunction, GoFunctions } from "./go-function.js";
import { INDEX_FUNCTIONS } from "./indexes.js";
import { LOGIC_FUNCTIONS } from "./logic.js";
import { MATH_FUNCTIONS } from "./math.js";
import { PARSE_FUNCTIONS } from "./parsing.js";
import { PRINT_FUNCTIONS } from "./printing.js";
import { REGEX_FUNCTIONS } from "./regexes.js";
import { SECRET_FUNCTIONS } from "./secrets.js";
import { TEXT_FUNCTIONS } from "./texts.js";

/** Every function of templates. */
export const FUNCTIONS: GoFunctions = {
  ...COLLECTION_FUNCTIONS,
  ...COMPARISON_FUNCTIONS,
  ...ENCODING_FUNCTIONS,
  ...ENVIRONMENT_FUNCTIONS,
  ...ESCAPE_FUNCTIONS,
  ...FORMAT_FUNCTIONS,
  ...INDEX_FUNCTIONS,
  ...LOGIC_FUNCTIONS,
  ...MATH_FUNCTIONS,
  ...PARSE_FUNCTIONS,
  ...PRINT_FUNCTIONS,
  ...REGEX_FUNCTIONS,
  ...SECRET_FUNCTIONS,
  ...TEXT_FUNCTIONS,
};

/** The function of a name that was checked when the template was parsed. */
export function functionNamed(name: string): GoFunction {
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (found === undefined) throw new Error(`the parser let ${name} pass`);
  return found;
}
