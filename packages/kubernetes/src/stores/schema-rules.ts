import type { JsonSchema } from "@sluice/core";
import type { StoreFault } from "./store-fault.js";
import type { StoreRule } from "./store-rules.js";

/** A schema with rules for the cluster. */
export function withRules(
  schema: JsonSchema,
  rules: readonly Pick<StoreRule<never>, "cel" | "message">[],
): JsonSchema {
  return { ...schema, "x-kubernetes-validations": validations(rules) };
}

/** Rules as a schema holds them. */
export function validations(rules: readonly Pick<StoreRule<never>, "cel" | "message">[]): object[] {
  return rules.map(({ cel, message }) => ({ rule: cel, message }));
}

/** A schema with one property changed. */
export function inProperty(
  schema: JsonSchema,
  name: string,
  change: (part: JsonSchema) => JsonSchema,
): JsonSchema {
  const properties = schema["properties"] as Record<string, JsonSchema>;
  return { ...schema, properties: { ...properties, [name]: change(properties[name] ?? {}) } };
}

/** A schema of a list with its items changed. */
export function inItems(schema: JsonSchema, change: (part: JsonSchema) => JsonSchema): JsonSchema {
  return { ...schema, items: change(schema["items"] as JsonSchema) };
}

/** The rules that a value breaks. */
export function broken<Value>(
  rules: readonly StoreRule<Value>[],
  value: Value,
  path: readonly string[],
): StoreFault[] {
  return rules.filter(({ holds }) => !holds(value)).map(({ message: problem }) => ({ path, problem }));
}

/** What is wrong with each of several items. */
export function each<Item>(
  items: readonly Item[] | undefined,
  find: (item: Item, at: string) => StoreFault[],
): StoreFault[] {
  return (items ?? []).flatMap((item, at) => find(item, String(at)));
}
