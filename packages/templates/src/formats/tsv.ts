import type { Variable } from "../variable.js";

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/**
 * A header `name<TAB>value` and one line a variable. Tab, line feed, carriage return and backslash are written
 * `\t`, `\n`, `\r` and `\\`, as in PostgreSQL's COPY text format, so a line is always one variable.
 */
export function formatTsv(variables: readonly Variable[]): string {
  const records = variables.map(({ name, value }) => `${escapeField(name)}\t${escapeField(value)}\n`);
  return `name\tvalue\n${records.join("")}`;
}

function escapeField(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}
