import { type Failure, SecretValue } from "@sluice/core";
import { fieldMissing } from "../failure/failures.js";

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

// Both are ECMAScript 2026; the compiler's libraries for our target do not know them yet.
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

/**
 * A field of a secret that holds several as a JSON object: a string as its text, anything else as JSON text with
 * numbers exactly as written. YAML is not read: this package has no parser for it.
 */
export function jsonField(
  text: string,
  contentType: string | undefined,
  name: string,
): SecretValue | Failure {
  if (contentType !== undefined && /yaml/i.test(contentType)) return YAML;
  const fields = objectOf(text);
  if (!fields) return NOT_AN_OBJECT;
  if (!Object.hasOwn(fields, name)) return fieldMissing(name, Object.keys(fields));
  const value = fields[name];
  if (value === null) return { ...NULL, message: `has null in its field "${name}"` };
  return SecretValue.fromText(typeof value === "string" ? value : JSON.stringify(value));
}

function objectOf(text: string): Record<string, unknown> | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return parse(text, (_key, value, { source }) =>
      typeof value === "number" && source !== undefined ? rawJSON(source) : value,
    ) as Record<string, unknown>;
  } catch {
    // The parser's message quotes the text.
    return undefined;
  }
}

const NOT_AN_OBJECT: Failure = {
  status: "invalid",
  reason: "not-an-object",
  message: "has no fields: it is not a JSON object",
  remedy: "Leave out #KEY to read it as a whole",
};

const NULL: Failure = {
  status: "invalid",
  reason: "field-null",
  remedy: "Give the field a value in its store",
};

const YAML: Failure = {
  status: "unsupported",
  reason: "yaml",
  message: "keeps its fields as YAML, which is not read here",
  remedy: "Store them as JSON, or leave out #KEY to read it as a whole",
};
