import { asGoString, type GoString } from "../values/go-string.js";
import { lexAction } from "./lex-action.js";
import { type Delimiters, rightDelimiterAt } from "./right-delimiter.js";
import type { Token } from "./token.js";

/**
 * The tokens of a template, as Go's text/template cuts it: the last is `eof`, or an `error`. Comments are gone, and
 * text beside a trim marker (`{{- ` and ` -}}`) is trimmed.
 */
export function lexTemplate(source: GoString, { left, right }: Delimiters): Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < source.length) {
    const open = source.indexOf(left, offset);
    const end = open < 0 ? source.length : open;
    const trimsLeft =
      open >= 0 && /^-[ \t\r\n]/.test(source.slice(open + left.length, open + left.length + 2));
    const text = source.slice(offset, end);
    const kept = trimsLeft ? trimEnd(text) : text;
    if (kept !== "") tokens.push({ type: "text", text: asGoString(kept), offset });
    if (open < 0) break;
    const inside = open + left.length + (trimsLeft ? 2 : 0);
    let after: number | undefined;
    if (source.startsWith("/*", inside)) after = skipComment(source, inside, right, tokens);
    else {
      tokens.push({ type: "left-delimiter", text: left, offset: open });
      after = lexAction(source, inside, right, tokens);
    }
    if (after === undefined) return tokens;
    offset = after;
  }
  tokens.push({ type: "eof", text: asGoString(""), offset: source.length });
  return tokens;
}

/** Where the template goes on after a comment; nothing if it does not end well. */
function skipComment(source: GoString, start: number, right: GoString, tokens: Token[]): number | undefined {
  const fail = (text: string): undefined => {
    tokens.push({ type: "error", text: asGoString(text), offset: start });
  };
  const close = source.indexOf("*/", start + 2);
  if (close < 0) return fail("unclosed comment");
  const delimiter = rightDelimiterAt(source, close + 2, right);
  return delimiter === undefined ? fail("comment ends before closing delimiter") : delimiter.after;
}

/** By hand: a pattern for space at the end takes quadratic time over a long run of spaces inside. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && " \t\r\n".includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
