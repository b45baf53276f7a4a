import type { Failure } from "../provider/secret-outcome.js";
import { parseJsonExactly } from "../util/parse-json-exactly.js";
import { SecretValue } from "../value/secret-value.js";

type Fields = ReadonlyMap<string, SecretValue | Failure>;

// A thousand references to fields of one secret parse it once.
const parsed = new WeakMap<SecretValue, Fields | Failure>();

/**
 * Reads a secret that is a JSON object as named fields: strings as their text, everything else as JSON text
 * with numbers exactly as written (18446744073709551615 stays what it is). A null field is a failure of its
 * own. The parser's messages are dropped, for they quote the text.
 */
export function parseFields(value: SecretValue): Fields | Failure {
  let fields = parsed.get(value);
  if (fields === undefined) {
    fields = parseText(value.textOrUndefined() ?? "");
    parsed.set(value, fields);
  }
  return fields;
}

function parseText(text: string): Fields | Failure {
  if (!/^\s*\{/.test(text)) return NOT_AN_OBJECT;
  try {
    const root = parseJsonExactly(text);
    return new Map(Object.entries(root as object).map(([name, entry]) => [name, fieldOf(name, entry)]));
  } catch {
    return NOT_AN_OBJECT;
  }
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
