import { DotenvSyntaxError } from "./dotenv-syntax-error.js";
import { endOfLine, textPosition } from "./text-position.js";

export interface DotenvValue {
  readonly value: string;
  /** Offset of the first character of the value, or of its opening quote. */
  readonly valueStart: number;
  /** Offset just past the last character of the value, or past its closing quote. */
  readonly end: number;
}

/**
 * The value that begins after the `=` at `from - 1`.
 *
 * @throws {DotenvSyntaxError} for a quote never closed, and for text after a closing quote.
 */
export function readDotenvValue(text: string, from: number): DotenvValue {
  const line = text.slice(from, endOfLine(text, from));
  const indent = line.search(/\S/);
  const quote = line[indent];
  if (quote === "'" || quote === '"' || quote === "`") return readQuoted(text, from + indent, quote);

  const comment = line.search(/\s#/);
  const value = (comment === -1 ? line : line.slice(0, comment)).trim();
  const valueStart = value === "" ? from : from + indent;
  return { value, valueStart, end: valueStart + value.length };
}

function readQuoted(text: string, valueStart: number, quote: string): DotenvValue {
  const close =
    quote === '"' ? closingDoubleQuote(text, valueStart + 1) : text.indexOf(quote, valueStart + 1);
  if (close === -1) {
    throw new DotenvSyntaxError({
      ...textPosition(text, valueStart),
      reason: "the quote opened here is never closed",
      remedy: "Close it, or put a value that begins with a quote in quotes of another kind",
    });
  }
  const end = close + 1;
  refuseTextAfter(text, valueStart, end);
  const content = text.slice(valueStart + 1, close).replace(/\r\n?/g, "\n");
  return { value: quote === '"' ? decodeEscapes(content) : content, valueStart, end };
}

function closingDoubleQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '"') return at;
    if (text[at] === "\\") at++;
  }
  return -1;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** Only known escapes: a backslash before any other character stays, so that `"D:\data"` is a path. */
function decodeEscapes(content: string): string {
  return content.replace(/\\([nrt\\"$`])/g, (_, character: string) => ESCAPES[character] ?? character);
}

function refuseTextAfter(text: string, valueStart: number, end: number): void {
  const rest = text.slice(end, endOfLine(text, end));
  if (/^(?:\s+#|\s*$)/.test(rest)) return;
  const opening = textPosition(text, valueStart);
  throw new DotenvSyntaxError({
    ...textPosition(text, end + rest.search(/\S/)),
    reason: `text follows the closing quote of the value opened at line ${opening.line}, column ${opening.column}`,
    remedy: "End the line after the closing quote, put a space before a #, and check that quotes are paired",
  });
}
