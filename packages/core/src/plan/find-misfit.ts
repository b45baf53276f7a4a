import { Validator } from "@cfworker/json-schema";
import type { JsonSchema } from "../provider/json-schema.js";

const validators = new WeakMap<JsonSchema, Validator>();

/** Where a value does not fit a schema, as a JSON pointer and the rule broken. The value is never quoted. */
export function findMisfit(schema: JsonSchema, value: unknown): string | undefined {
  const { valid, errors } = validatorOf(schema).validate(value);
  if (valid) return undefined;
  // The last one lies deepest; those before say only that something further in is wrong.
  const { instanceLocation = "#", keyword = "shape" } = errors.at(-1) ?? {};
  return `${instanceLocation === "#" ? "the whole" : instanceLocation.slice(1)} breaks "${keyword}"`;
}

/** Making one takes longer than using it. */
function validatorOf(schema: JsonSchema): Validator {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const made = new Validator({ ...schema }, "2020-12", true);
  validators.set(schema, made);
  return made;
}
