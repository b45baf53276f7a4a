import { asGoString, type GoString } from "../values/go-string.js";
import { lexAction } from "./lex-action.js";
import { rightDelimiterAt } from "./right-delimiter.js";
import type { Token } from "./token.js";

const LEFT = "{{";

/**
 * The tokens of a template, as Go's text/template cuts it: the last is `eof`, or an `error`. Comments are gone, and
 * text beside a trim marker (`{{- ` and ` -}}`) is trimmed.
 */
export function lexTemplate(source: GoString): Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < source.length) {
    const open = source.indexOf(LEFT, offset);
    const end = open < 0 ? source.length : open;
    const trimsLeft = open >= 0 && /^-[ \t\r\n]/.test(source.slice(open + 2, open + 4));
    const text = source.slice(offset, end);
    const kept = trimsLeft ? trimEnd(text) : text;
    if (kept !== "") tokens.push({ type: "text", text: asGoString(kept), offset });
    if (open < 0) break;
    const inside = open + LEFT.length + (trimsLeft ? 2 : 0);
    let after: number | undefined;
    if (source.startsWith("/*", inside)) after = skipComment(source, inside, tokens);
    else {
      tokens.push({ type: "left-delimiter", text: asGoString(LEFT), offset: open });
      after = lexAction(source, inside, tokens);
    }
    if (after === undefined) return tokens;
    offset = after;
  }
  tokens.push({ type: "eof", text: asGoString(""), offset: source.length });
  return tokens;
}

/** Where the template goes on after a comment; nothing if it does not end well. */
function skipComment(source: GoString, start: number, tokens: Token[]): number | undefined {
  const fail = (text: string): undefined => {
    tokens.push({ type: "error", text: asGoString(text), offset: start });
  };
  const close = source.indexOf("*/", start + 2);
  if (close < 0) return fail("unclosed comment");
  const delimiter = rightDelimiterAt(source, close + 2);
  return delimiter === undefined ? fail("comment ends before closing delimiter") : delimiter.after;
}

/** By hand: a pattern for space at the end takes quadratic time over a long run of spaces inside. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && " \t\r\n".includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
