/** Literal text, or a reference that stood in `${…}`. */
export type InlinePart = string | { readonly reference: string };

const OPENING = /\$\{>{0,2}(?:vault|bao):/g;

/**
 * Splits a text into literals and `${vault:PATH#KEY}`. A reference ends at the first `}` of its line, or at the
 * second where two follow each other: the first then ends a template in it, or the JSON that it hands over. What is
 * never closed is text.
 */
export function splitInline(text: string): InlinePart[] {
  const parts: InlinePart[] = [];
  let at = 0;
  OPENING.lastIndex = 0;
  for (let match = OPENING.exec(text); match !== null; match = OPENING.exec(text)) {
    const length = text.slice(match.index).search(/[}\n]/);
    const close = match.index + length;
    // Nothing later on this line is closed either; the search goes on behind it.
    if (length === -1) break;
    if (text[close] === "\n") {
      OPENING.lastIndex = close;
      continue;
    }
    const end = text[close + 1] === "}" ? close + 1 : close;
    if (match.index > at) parts.push(text.slice(at, match.index));
    parts.push({ reference: text.slice(match.index + 2, end) });
    at = end + 1;
    OPENING.lastIndex = at;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}
