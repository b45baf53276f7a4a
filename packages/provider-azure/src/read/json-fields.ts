import { parseJsonExactly } from "@sluice/core";
import type { Fields } from "./multi-value-field.js";

/** The fields of a JSON object: a string as its text, anything else as JSON; `undefined` if the text is none. */
export function jsonFields(text: string): Fields | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const fields = Object.entries(parseJsonExactly(text) as object) as [string, unknown][];
    return new Map(fields.map(([name, value]) => [name, textOf(value)]));
  } catch {
    // The parser's message quotes the text.
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  if (value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}
