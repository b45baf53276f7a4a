import { formatDotenvEntry } from "./format-dotenv-entry.js";
import { parseDotenv } from "./parse-dotenv.js";

/**
 * The text with `name` set to `value`: in place where the text has it, keeping its `export` and its comment,
 * else on a new line at the end. Everything else stays as it is, down to the line-ending style and whether
 * the last line ends in a line break (an empty text gets one).
 *
 * @throws {DotenvSyntaxError} when the text cannot be read.
 * @throws {SecretValueError} when a dotenv file cannot hold the name or the value.
 */
export function setDotenvEntry(text: string, name: string, value: string): string {
  const entry = parseDotenv(text).find((candidate) => candidate.name === name);
  const lineBreak = /\r\n?|\n/.exec(text)?.[0] ?? "\n";
  const assignment = formatDotenvEntry(name, value).replaceAll("\n", lineBreak);
  if (entry) {
    const written = assignment.slice(`${name}=`.length);
    return text.slice(0, entry.valueStart) + written + text.slice(entry.end);
  }
  const atLineStart = /(?:^\uFEFF?|[\r\n])$/.test(text);
  return atLineStart ? text + assignment + lineBreak : text + lineBreak + assignment;
}
