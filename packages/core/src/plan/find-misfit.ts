import { Validator } from "@cfworker/json-schema";
import type { JsonSchema } from "../provider/json-schema.js";

/** Preparing one takes as long as using it, and there are as many as there are schemas in the source. */
const validators = new WeakMap<JsonSchema, Validator>();

function validatorFor(schema: JsonSchema): Validator {
  const known = validators.get(schema) ?? new Validator({ ...schema }, "2020-12", true);
  validators.set(schema, known);
  return known;
}

/** Where a value does not fit a schema, as a JSON pointer and the rule broken. The value is never quoted. */
export function findMisfit(schema: JsonSchema, value: unknown): string | undefined {
  const { valid, errors } = validatorFor(schema).validate(value);
  if (valid) return undefined;
  // The last one lies deepest; those before say only that something further in is wrong.
  const { instanceLocation = "#", keyword = "shape" } = errors.at(-1) ?? {};
  return `${instanceLocation === "#" ? "the whole" : instanceLocation.slice(1)} breaks "${keyword}"`;
}
