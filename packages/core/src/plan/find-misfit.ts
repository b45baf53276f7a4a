import { Validator } from "@cfworker/json-schema";
import type { JsonSchema } from "../provider/json-schema.js";

/** Where a value does not fit a schema, as a JSON pointer and the rule broken. The value is never quoted. */
export function findMisfit(schema: JsonSchema, value: unknown): string | undefined {
  const { valid, errors } = new Validator({ ...schema }, "2020-12", true).validate(value);
  if (valid) return undefined;
  // The last one lies deepest; those before say only that something further in is wrong.
  const { instanceLocation = "#", keyword = "shape" } = errors.at(-1) ?? {};
  return `${instanceLocation === "#" ? "the whole" : instanceLocation.slice(1)} breaks "${keyword}"`;
}
