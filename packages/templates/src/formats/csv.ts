import type { Variable } from "../variable.js";

/**
 * RFC 4180 with the header `name,value`, but for one thing: records end in LF, as in the other formats. Every
 * CSV reader takes it, while CRLF would leave a line-based Unix tool a carriage return at the end of a secret.
 *
 * A field is quoted where the RFC demands it, where a reader may trim it, and where it is empty, because some
 * readers take an unquoted empty field for null. A value such as `=1+1` stays as it is: a spreadsheet may read
 * it as a formula.
 */
export function formatCsv(variables: readonly Variable[]): string {
  const records = variables.map(({ name, value }) => `${field(name)},${field(value)}\n`);
  return `name,value\n${records.join("")}`;
}

function field(text: string): string {
  return /[",\r\n]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
