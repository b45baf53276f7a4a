import { Validator } from "@cfworker/json-schema";
import type { JsonSchema } from "@sluice/core";
import type { SchemaIssue } from "./describe-schema-error.js";

// Say only that something further in is wrong, which has an entry of its own.
const CONTAINERS = new Set([
  "properties",
  "additionalProperties",
  "propertyNames",
  "items",
  "anyOf",
  "oneOf",
  "allOf",
  "if",
  "$ref",
]);

/**
 * Holds a value against a schema and says in plain words what does not fit. Values are never quoted.
 *
 * @param root what messages call the whole value: `the file`
 */
export async function schemaIssues(
  schema: JsonSchema,
  value: unknown,
  root = "the file",
): Promise<SchemaIssue[]> {
  const { errors } = new Validator({ ...schema }, "2020-12", false).validate(value);
  if (errors.length === 0) return [];
  const { describeSchemaError } = await import("./describe-schema-error.js");
  const issues = new Map<string, SchemaIssue>();
  for (const error of errors) {
    // Alternatives fail one by one; the one that describes them all speaks for them.
    const isAlternative = /\/(anyOf|oneOf)\//.test(error.keywordLocation);
    if (isAlternative || (CONTAINERS.has(error.keyword) && !/^(anyOf|oneOf)$/.test(error.keyword))) continue;
    const issue = describeSchemaError(schema, error, root);
    // The first finding about a place is the most basic one.
    const place = JSON.stringify(issue.path);
    if (!issues.has(place)) issues.set(place, issue);
  }
  return Array.from(issues.values());
}
