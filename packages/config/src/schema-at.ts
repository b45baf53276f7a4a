import type { JsonSchema } from "@sluice/core";

/** The part of a schema that describes what is at a path of the value. */
export function schemaAt(schema: JsonSchema, path: readonly string[]): JsonSchema | undefined {
  let current: JsonSchema | undefined = schema;
  for (const key of path) {
    const properties = current?.["properties"] as Readonly<Record<string, JsonSchema>> | undefined;
    const further: unknown = current?.["additionalProperties"] ?? current?.["items"];
    current = properties && Object.hasOwn(properties, key) ? properties[key] : asSchema(further);
  }
  return current;
}

/** Keys of a path as the validator writes it: `#/stores/a~1b`, URI-encoded. */
export function parsePointer(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => decodeURI(part).replaceAll("~1", "/").replaceAll("~0", "~"));
}

function asSchema(schema: unknown): JsonSchema | undefined {
  return typeof schema === "object" && schema !== null ? (schema as JsonSchema) : undefined;
}
