import { type OutputUnit, Validator } from "@cfworker/json-schema";
import { closestName, type JsonSchema } from "@sluice/core";

/** What is wrong with a value, and where in it. */
export interface SchemaIssue {
  /** Keys that lead from the root to what is wrong. */
  readonly path: readonly string[];
  /** `key`: the last key of the path is at fault; `value`: what it holds is. */
  readonly at: "key" | "value";
  readonly problem: string;
  readonly remedy: string;
}

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

/** Holds a value against a schema and says in plain words what does not fit. Values are never quoted. */
export function schemaIssues(schema: JsonSchema, value: unknown): SchemaIssue[] {
  const { errors } = new Validator({ ...schema }, "2020-12", false).validate(value);
  const issues = new Map<string, SchemaIssue>();
  for (const error of errors) {
    // Alternatives fail one by one; the one that describes them all speaks for them.
    const isAlternative = /\/(anyOf|oneOf)\//.test(error.keywordLocation);
    if (isAlternative || (CONTAINERS.has(error.keyword) && !/^(anyOf|oneOf)$/.test(error.keyword))) continue;
    const issue = describe(schema, error);
    // The first finding about a place is the most basic one.
    const place = JSON.stringify(issue.path);
    if (!issues.has(place)) issues.set(place, issue);
  }
  return Array.from(issues.values());
}

function describe(
  schema: JsonSchema,
  { keyword, keywordLocation, instanceLocation, error }: OutputUnit,
): SchemaIssue {
  const path = parsePointer(instanceLocation);
  const name = path.at(-1) ?? "";
  if (keyword === "false") {
    const known = Object.keys(at(schema, path.slice(0, -1))?.["properties"] ?? {});
    const near = closestName(name, known);
    return {
      path,
      at: "key",
      problem: `unknown key "${name}"`,
      remedy: near ? `Did you mean "${near}"?` : `Known keys are: ${known.join(", ") || "none"}`,
    };
  }
  if (keywordLocation.includes("/propertyNames/"))
    return {
      path,
      at: "key",
      problem: `"${name}" cannot be a name here`,
      remedy: `Names match ${String(at(schema, path.slice(0, -1), "propertyNames")?.["pattern"])}`,
    };
  if (keyword === "required") {
    const missing = /"(.*)"/.exec(error)?.[1] ?? "";
    return { path, at: "key", problem: `"${missing}" is missing`, remedy: `Add "${missing}:"` };
  }
  const description = at(schema, path)?.["description"];
  return {
    path,
    at: "value",
    problem: expectation(keyword, at(schema, path), name),
    remedy: typeof description === "string" ? description : "Correct the value",
  };
}

function expectation(keyword: string, schema: JsonSchema | undefined, name: string): string {
  const what = name === "" ? "the file" : `"${name}"`;
  switch (keyword) {
    case "type":
      return `${what} must be ${article([schema?.["type"]].flat().map(String))}`;
    case "enum":
      return `${what} must be one of: ${(schema?.["enum"] as unknown[] | undefined)?.join(", ")}`;
    case "minimum":
      return `${what} must be at least ${String(schema?.["minimum"])}`;
    case "maximum":
      return `${what} must be at most ${String(schema?.["maximum"])}`;
    case "minLength":
      return `${what} must not be empty`;
    default:
      return `${what} is not written as it must be`;
  }
}

function article(types: readonly string[]): string {
  return types
    .map((type) => (/^[aeio]/.test(type) ? `an ${type}` : `a ${type}`))
    .join(" or ")
    .replace("a object", "an object");
}

/** The part of a schema that describes what is at a path of the value. */
function at(schema: JsonSchema, path: readonly string[], last?: string): JsonSchema | undefined {
  let current: JsonSchema | undefined = schema;
  for (const key of path) {
    const properties = current?.["properties"] as Record<string, JsonSchema> | undefined;
    current = properties?.[key] ?? (current?.["additionalProperties"] as JsonSchema | undefined);
  }
  return last === undefined ? current : (current?.[last] as JsonSchema | undefined);
}

// The validator writes `#/stores/a~1b`, URI-encoded.
function parsePointer(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => decodeURI(part).replaceAll("~1", "/").replaceAll("~0", "~"));
}
