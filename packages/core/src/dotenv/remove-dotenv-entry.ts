import { parseDotenv } from "./parse-dotenv.js";
import { endOfLine } from "./text-position.js";

/**
 * The text without the lines of `name`, its trailing comment included; the text itself if it has no such
 * entry. Comments on lines of their own stay.
 *
 * @throws {DotenvSyntaxError} when the text cannot be read.
 */
export function removeDotenvEntry(text: string, name: string): string {
  const entry = parseDotenv(text).find((candidate) => candidate.name === name);
  if (!entry) return text;
  const lineEnd = endOfLine(text, entry.end);
  return text.slice(0, startOfLine(text, entry.start)) + text.slice(lineEnd).replace(/^(?:\r\n?|\n)/, "");
}

/** A byte order mark belongs to the text, not to its first line. */
function startOfLine(text: string, from: number): number {
  const lineBreak = Math.max(text.lastIndexOf("\n", from), text.lastIndexOf("\r", from));
  return lineBreak === -1 && text.startsWith("\uFEFF") ? 1 : lineBreak + 1;
}
