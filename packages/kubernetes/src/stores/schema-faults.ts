import { type OutputUnit, Validator } from "@cfworker/json-schema";
import { closestName, type JsonSchema } from "@sluice/core";
import type { StoreFault } from "./store-fault.js";

/**
 * Holds a value against a schema, such as a provider's `optionsSchema`, and says what does not fit. Neither
 * values nor the validator's messages, which quote them, are told.
 */
export function schemaFaults(schema: JsonSchema, value: unknown): StoreFault[] {
  const { errors } = new Validator({ ...schema }, "2020-12", false).validate(value);
  const faults = new Map<string, StoreFault>();
  for (const error of errors) {
    const path = parsePointer(error.instanceLocation);
    const fault = describe(schema, error, path);
    // What is wrong further in is told there; of several findings about a place the first is the most basic.
    const place = JSON.stringify(path);
    if (fault !== undefined && !faults.has(place)) faults.set(place, { path, problem: fault });
  }
  return Array.from(faults.values());
}

/** A copy of a schema in which every object has only the keys it names. */
export function strict(schema: JsonSchema): JsonSchema {
  const { properties, items } = schema as { properties?: Record<string, JsonSchema>; items?: JsonSchema };
  const entries = Object.entries(properties ?? {}).map(([name, part]) => [name, strict(part)] as const);
  return {
    ...schema,
    ...(properties !== undefined && { additionalProperties: false, properties: Object.fromEntries(entries) }),
    ...(items !== undefined && { items: strict(items) }),
  };
}

function describe(schema: JsonSchema, unit: OutputUnit, path: readonly string[]): string | undefined {
  // Alternatives fail one by one; the one that describes them all speaks for them.
  if (/\/(anyOf|oneOf)\//.test(unit.keywordLocation)) return undefined;
  const part = partAt(schema, path);
  const keyword = part?.[unit.keyword];
  switch (unit.keyword) {
    case "properties":
    case "additionalProperties":
    case "propertyNames":
    case "items":
    case "allOf":
    case "if":
    case "$ref":
      return undefined;
    case "false": {
      const known = Object.keys(partAt(schema, path.slice(0, -1))?.["properties"] ?? {});
      const near = closestName(path.at(-1) ?? "", known);
      return `is not known${near === undefined ? "" : `; did you mean "${near}"?`}`;
    }
    case "required":
      return `"${/"(.*)"/.exec(unit.error)?.[1] ?? ""}" is missing`;
    case "type":
      return `must be of type ${[keyword].flat().join(" or ")}`;
    case "enum":
      return Array.isArray(keyword)
        ? `must be one of: ${keyword.join(", ")}`
        : "is not one of what it may be";
    case "minimum":
    case "minLength":
    case "minItems":
      return `must be at least ${bound(keyword)}`;
    case "maximum":
    case "maxLength":
    case "maxItems":
      return `must be at most ${bound(keyword)}`;
    default:
      return "is not written as it must be";
  }

  function bound(limit: unknown): string {
    const unitOf: Record<string, string> = { Length: " characters long", Items: " entries long", imum: "" };
    const suffix = Object.keys(unitOf).find((end) => unit.keyword.endsWith(end)) ?? "imum";
    return `${String(limit)}${unitOf[suffix]}`;
  }
}

function partAt(schema: JsonSchema, path: readonly string[]): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>((part, key) => {
    const properties = part?.["properties"] as Record<string, JsonSchema> | undefined;
    return (properties?.[key] ?? part?.["items"]) as JsonSchema | undefined;
  }, schema);
}

// The validator writes `#/stores/a~1b`, URI-encoded.
function parsePointer(pointer: string): string[] {
  const parts = pointer.split("/").slice(1);
  return parts.map((part) => decodeURI(part).replaceAll("~1", "/").replaceAll("~0", "~"));
}
