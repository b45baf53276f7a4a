/** A segment of a path, or a name. */
export interface Segment {
  readonly text: string;
  /**
   * Whether a wildcard may stand for it, since no store can read it otherwise than it is written. Not plain are an
   * empty one, `.` and `..`, and what has `%`, `\`, or a character of Unicode's category C: controls, what is
   * invisible, halves of characters.
   */
  readonly isPlain: boolean;
}

export function toSegment(text: string): Segment {
  return { text, isPlain: text !== "" && !isDots(text) && !/[%\\\p{C}]/u.test(text) };
}

/** Whether a segment is `.` or `..`, which mean another place than they name. */
export function isDots(text: string): boolean {
  return text === "." || text === "..";
}

/** Whether a segment of a pattern, in which `*` stands for any characters, fits a segment. */
export function fitsSegment(pattern: string, { text, isPlain }: Segment): boolean {
  if (!pattern.includes("*")) return pattern === text && !isDots(text);
  // Two stars side by side promise more than one, and are no more: nobody may rely on them.
  if (pattern.includes("**") || !pattern.isWellFormed() || !isPlain) return false;
  const [first = "", ...pieces] = pattern.split("*");
  const last = pieces.pop() ?? "";
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of pieces) {
    // The earliest place is as good as any: the star behind it takes the rest.
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= end;
}
