import { asGoString, goString, type GoString } from "../values/go-string.js";
import { isPrintable, runeAt } from "../values/rune.js";
import { rightDelimiterAt } from "./right-delimiter.js";
import { KEYWORDS, type Token, type TokenType } from "./token.js";

const SPACES = /[ \t\r\n]+/y;
const QUOTED = /"(?:[^"\\\n]|\\[^\n])*"/y;
const RAW = /`[^`]*`/y;
const CHARACTER = /'(?:[^'\\\n]|\\[^\n])*'/y;
const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*|0[bB][01_]*|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)i?/y;
const LETTER = /^[\p{L}\p{Nd}_]$/u;
const SIGNS: Readonly<Record<string, TokenType>> = {
  "=": "assign",
  "|": "pipe",
  "(": "left-paren",
  ")": "right-paren",
};

/**
 * Reads the tokens of one action, its right delimiter included.
 *
 * @returns where the template goes on; nothing after an error.
 */
export function lexAction(
  source: GoString,
  start: number,
  right: GoString,
  tokens: Token[],
): number | undefined {
  let offset = start;
  let depth = 0;

  const emit = (type: TokenType, end: number): void => {
    tokens.push({ type, text: asGoString(source.slice(offset, end)), offset });
    offset = end;
  };
  const fail = (what: string): undefined => {
    tokens.push({ type: "error", text: goString(what), offset });
  };

  for (;;) {
    const delimiter = rightDelimiterAt(source, offset, right);
    if (delimiter !== undefined) {
      if (depth > 0) return fail("unclosed left paren");
      tokens.push({ type: "right-delimiter", text: right, offset: delimiter.start });
      return delimiter.after;
    }
    if (offset >= source.length) return fail("unclosed action");
    const char = source.charAt(offset);
    const next = source.charAt(offset + 1);
    if (" \t\r\n".includes(char)) emit("space", endOfSpace(source, offset, right));
    else if (char === ":") {
      if (next !== "=") return fail("expected :=");
      emit("declare", offset + 2);
    } else if (char in SIGNS) {
      depth += char === "(" ? 1 : char === ")" ? -1 : 0;
      if (depth < 0) return fail("unexpected right paren");
      emit(SIGNS[char] ?? "char", offset + 1);
    } else if (char === '"' || char === "`" || char === "'") {
      const [type, pattern, what] = quoteOf(char);
      const end = endOf(pattern, source, offset);
      if (end === undefined) return fail(`unterminated ${what}`);
      emit(type, end);
    } else if (char === "$" || (char === "." && !/^\d$/.test(next))) {
      const end = endOfName(source, offset + 1);
      if (!atTerminator(source, end, right)) return fail(badCharacter(source, end));
      emit(char === "$" ? "variable" : end === offset + 1 ? "dot" : "field", end);
    } else if (/^[-+.\d]$/.test(char)) {
      const end = endOf(NUMBER, source, offset) ?? offset;
      const following = source.charAt(end);
      if (endOfName(source, end) > end || following === "+" || following === "-")
        return fail("bad number syntax");
      emit("number", end);
    } else if (endOfName(source, offset) > offset) {
      const end = endOfName(source, offset);
      if (!atTerminator(source, end, right)) return fail(badCharacter(source, end));
      emit(wordType(source.slice(offset, end)), end);
    } else if (isPrintable(char.charCodeAt(0)) && char < "\x80") emit("char", offset + 1);
    else return fail(`unrecognized character in action: ${characterName(source, offset)}`);
  }
}

function quoteOf(quote: string): readonly [TokenType, RegExp, string] {
  if (quote === "`") return ["raw-string", RAW, "raw quoted string"];
  return quote === '"' ? ["string", QUOTED, "quoted string"] : ["character", CHARACTER, "character constant"];
}

function wordType(word: string): TokenType {
  if ((KEYWORDS as readonly string[]).includes(word)) return word as TokenType;
  return word === "true" || word === "false" ? "bool" : "identifier";
}

/** A space before a right delimiter with a trim marker belongs to that. */
function endOfSpace(source: GoString, offset: number, right: GoString): number {
  const end = endOf(SPACES, source, offset) ?? offset;
  return end - 1 > offset && rightDelimiterAt(source, end - 1, right)?.start === end + 1 ? end - 1 : end;
}

function endOf(pattern: RegExp, source: GoString, offset: number): number | undefined {
  pattern.lastIndex = offset;
  return pattern.test(source) ? pattern.lastIndex : undefined;
}

function endOfName(source: GoString, start: number): number {
  let offset = start;
  while (offset < source.length) {
    const { code, size } = runeAt(source, offset);
    if (!LETTER.test(String.fromCodePoint(code))) break;
    offset += size;
  }
  return offset;
}

function atTerminator(source: GoString, offset: number, right: GoString): boolean {
  return (
    offset >= source.length ||
    /^[ \t\r\n.,|:()]$/.test(source.charAt(offset)) ||
    source.startsWith(right, offset)
  );
}

function badCharacter(source: GoString, offset: number): string {
  return `bad character ${characterName(source, offset)}`;
}

function characterName(source: GoString, offset: number): string {
  const { code } = runeAt(source, offset);
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return isPrintable(code) ? `${name} '${String.fromCodePoint(code)}'` : name;
}
