import { DotenvSyntaxError } from "./dotenv-syntax-error.js";
import { readDotenvValue } from "./read-dotenv-value.js";
import { countLineBreaks, endOfLine, textPosition } from "./text-position.js";

/** One assignment of a dotenv text. Offsets are UTF-16 code units from 0. */
export interface DotenvEntry {
  readonly name: string;
  readonly value: string;
  /** The line the assignment starts on, from 1. */
  readonly line: number;
  /** Offset of the assignment: of its `export`, else of its name. Indentation lies before it. */
  readonly start: number;
  /** Offset of the value, or of its opening quote; just past the `=` where the value is empty and unquoted. */
  readonly valueStart: number;
  /** Offset just past the value and its closing quote. A trailing comment lies beyond it. */
  readonly end: number;
}

/** Whitespace here is any but a line break. */
const ASSIGNMENT = /(?:export[^\S\r\n]+)?([A-Za-z_][A-Za-z0-9_.-]*)[^\S\r\n]*=/y;

/**
 * Reads a dotenv text: one `NAME=value` a line, with `# comments`, blank lines and an optional `export`.
 *
 * - A name is `[A-Za-z_][A-Za-z0-9_.-]*`; whitespace around `=` is ignored.
 * - An unquoted value is trimmed and ends before whitespace followed by `#`.
 * - `'...'` and `` `...` `` are literal. `"..."` knows `\n \r \t \\ \" \$` and `` \` ``; a backslash before
 *   anything else stays. All three may span lines. Only a comment set off by whitespace may follow.
 * - LF, CRLF and a lone CR end a line; inside quotes each reads as LF. A byte order mark is ignored.
 * - There is no expansion: a secret may contain `$`, and a reader that expands would corrupt it silently.
 *
 * Takes time linear in the length of the text.
 *
 * @returns the entries in the order of the text.
 * @throws {DotenvSyntaxError} for a line without `=`, a bad name, a name set twice, an unclosed quote, text
 * after a closing quote, and a NUL character anywhere.
 */
export function parseDotenv(text: string): DotenvEntry[] {
  refuseNul(text);
  const entries = new Map<string, DotenvEntry>();
  let line = 1;
  let counted = 0;
  for (let start = nextAssignment(text, 0); start < text.length;) {
    line += countLineBreaks(text.slice(counted, start));
    counted = start;
    const { name, nameEnd } = readName(text, start);
    refuseDuplicate(text, start, entries.get(name));
    const value = readDotenvValue(text, nameEnd);
    entries.set(name, { name, line, start, ...value });
    start = nextAssignment(text, value.end);
  }
  return [...entries.values()];
}

/** Skips whitespace and comments. */
function nextAssignment(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === "#") at = endOfLine(text, at);
    else if (/\s/.test(character)) at++;
    else break;
  }
  return at;
}

function readName(text: string, start: number): { name: string; nameEnd: number } {
  ASSIGNMENT.lastIndex = start;
  const name = ASSIGNMENT.exec(text)?.[1];
  if (name !== undefined) return { name, nameEnd: ASSIGNMENT.lastIndex };
  throw new DotenvSyntaxError({
    ...textPosition(text, start),
    ...(text.slice(start, endOfLine(text, start)).includes("=")
      ? {
          reason: "what stands before the = is not a name",
          remedy: "A name has letters, digits, _, . and -, and begins with a letter or _",
        }
      : {
          reason: "the line has no =",
          remedy: "Write NAME=value, begin a comment with #, and put a value of several lines in quotes",
        }),
  });
}

function refuseDuplicate(text: string, start: number, earlier: DotenvEntry | undefined): void {
  if (!earlier) return;
  throw new DotenvSyntaxError({
    ...textPosition(text, start),
    reason: `the same name is already set on line ${earlier.line}`,
    remedy: "Remove one of the two",
  });
}

function refuseNul(text: string): void {
  const nul = text.indexOf("\0");
  if (nul === -1) return;
  throw new DotenvSyntaxError({
    ...textPosition(text, nul),
    reason: "there is a NUL character",
    remedy: "Save the file as UTF-8 text",
  });
}
