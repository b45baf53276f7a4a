/** A place in a text as an editor shows it; both count from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Line and column of an offset. A byte order mark takes no column. */
export function textPosition(text: string, offset: number): TextPosition {
  const lines = splitLines(text.slice(0, offset).replace(/^\uFEFF/, ""));
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/** How many line breaks a text has: LF, CRLF and a lone CR are one each. */
export function countLineBreaks(text: string): number {
  return splitLines(text).length - 1;
}

/** Offset of the line break that ends the line `from` is on, or the end of the text. */
export function endOfLine(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at++;
  return at;
}

function splitLines(text: string): string[] {
  return text.split(/\r\n?|\n/);
}
