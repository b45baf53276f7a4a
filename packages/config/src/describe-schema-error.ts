import type { OutputUnit } from "@cfworker/json-schema";
import { closestName, type JsonSchema } from "@sluice/core";
import { parsePointer, schemaAt } from "./schema-at.js";

/** What is wrong with a value, and where in it. */
export interface SchemaIssue {
  /** Keys that lead from the root to what is wrong. */
  readonly path: readonly string[];
  /** `key`: the last key of the path is at fault; `value`: what it holds is. */
  readonly at: "key" | "value";
  readonly problem: string;
  readonly remedy: string;
}

/** Says in plain words what a validator found. */
export function describeSchemaError(
  schema: JsonSchema,
  { keyword, keywordLocation, instanceLocation, error }: OutputUnit,
  root: string,
): SchemaIssue {
  const path = parsePointer(instanceLocation);
  const name = path.at(-1) ?? "";
  const parent = schemaAt(schema, path.slice(0, -1));
  if (keyword === "false") return { path, at: "key", ...unknownKey(name, parent) };
  if (keywordLocation.includes("/propertyNames/")) {
    const { pattern } = (parent?.["propertyNames"] ?? {}) as { readonly pattern?: string };
    return {
      path,
      at: "key",
      problem: `"${name}" cannot be a name here`,
      remedy: `Names match ${String(pattern)}`,
    };
  }
  if (keyword === "required") {
    const missing = /"(.*)"/.exec(error)?.[1] ?? "";
    return { path, at: "key", problem: `"${missing}" is missing`, remedy: `Add "${missing}:"` };
  }
  const here = schemaAt(schema, path);
  const what = name === "" ? root : `"${name}"`;
  const choices = choicesOf(keyword, here);
  if (choices)
    return {
      path,
      at: "key",
      problem: `${what} must have one of these keys, and only one: ${choices.join(", ")}`,
      remedy: `Keep or add one of them: ${choices.map((choice) => `"${choice}:"`).join(", ")}`,
    };
  const description = here?.["description"];
  return {
    path,
    at: "value",
    problem: expectation(keyword, here, what),
    remedy: typeof description === "string" ? description : "Correct the value",
  };
}

function unknownKey(name: string, parent: JsonSchema | undefined): Pick<SchemaIssue, "problem" | "remedy"> {
  const known = Object.keys(parent?.["properties"] ?? {});
  const near = closestName(name, known);
  return {
    problem: `unknown key "${name}"`,
    remedy: near ? `Did you mean "${near}"?` : `Known keys are: ${known.join(", ") || "none"}`,
  };
}

/** Keys of which there must be exactly one, where that is what a schema says. */
function choicesOf(keyword: string, schema: JsonSchema | undefined): readonly string[] | undefined {
  if (keyword === "minProperties" || keyword === "maxProperties")
    return schema?.["maxProperties"] === 1 ? Object.keys(schema["properties"] ?? {}) : undefined;
  if (keyword !== "oneOf") return undefined;
  const required = ((schema?.["oneOf"] ?? []) as readonly JsonSchema[]).map((choice) => choice["required"]);
  return required.every((names): names is [string] => Array.isArray(names) && names.length === 1)
    ? required.flat()
    : undefined;
}

function expectation(keyword: string, schema: JsonSchema | undefined, what: string): string {
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
    case "minItems":
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
