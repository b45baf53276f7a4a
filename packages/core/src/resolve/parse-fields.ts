import type { Failure } from "../provider/secret-outcome.js";
import { SecretValue } from "../value/secret-value.js";

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

// Both are ECMAScript 2026; the compiler's libraries for our target do not know them yet.
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

/**
 * Reads a secret that is a JSON object as named fields: strings as their text, everything else as JSON text
 * with numbers exactly as written (18446744073709551615 stays what it is). A null field is a failure of its
 * own. The parser's messages are dropped, for they quote the text.
 */
export function parseFields(value: SecretValue): ReadonlyMap<string, SecretValue | Failure> | Failure {
  const text = value.textOrUndefined();
  if (text === undefined) return NOT_AN_OBJECT;
  let root: unknown;
  try {
    root = parse(text, (_key, entry, { source }) =>
      typeof entry === "number" && source !== undefined ? rawJSON(source) : entry,
    );
  } catch {
    return NOT_AN_OBJECT;
  }
  if (typeof root !== "object" || root === null || Array.isArray(root)) return NOT_AN_OBJECT;
  return new Map(Object.entries(root).map(([name, entry]) => [name, fieldOf(name, entry)]));
}

function fieldOf(name: string, entry: unknown): SecretValue | Failure {
  if (entry === null)
    return {
      status: "invalid",
      reason: "field-null",
      message: `has null in its field "${name}"`,
      remedy: "Give the field a value in its store",
    };
  return SecretValue.fromText(typeof entry === "string" ? entry : JSON.stringify(entry));
}

const NOT_AN_OBJECT: Failure = {
  status: "invalid",
  reason: "not-an-object",
  message: "has no fields: it is not a JSON object",
  remedy: "Leave out #KEY to read it as a whole",
};
