import { asGoString, type GoString } from "../values/go-string.js";
import { isPrintable, runesOf } from "../values/rune.js";

const SHORT: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  12: "\\f",
  10: "\\n",
  13: "\\r",
  9: "\\t",
  11: "\\v",
};

/** A string as Go quotes it (`strconv.Quote`). */
export function quoteString(value: GoString, asciiOnly = false): GoString {
  let quoted = '"';
  for (const { code, size, offset, valid } of runesOf(value)) {
    if (!valid) quoted += `\\x${hex(value.charCodeAt(offset), 2)}`;
    else quoted += quoteRune(code, value.slice(offset, offset + size), '"', asciiOnly);
  }
  return asGoString(`${quoted}"`);
}

/** A character as Go quotes it (`strconv.QuoteRune`). */
export function quoteCharacter(code: number, bytes: GoString, asciiOnly = false): GoString {
  return asGoString(`'${quoteRune(code, bytes, "'", asciiOnly)}'`);
}

function quoteRune(code: number, bytes: string, quote: string, asciiOnly: boolean): string {
  if (code === quote.charCodeAt(0) || code === 0x5c) return `\\${bytes}`;
  if (isPrintable(code) && (!asciiOnly || code < 0x80)) return bytes;
  const short = SHORT[code];
  if (short !== undefined) return short;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

/** Whether a string can stand between backquotes (`strconv.CanBackquote`). */
export function canBackquote(value: GoString): boolean {
  for (const { code, valid } of runesOf(value))
    if (!valid || code === 0xfeff || (code < 0x20 && code !== 9) || code === 0x60 || code === 0x7f)
      return false;
  return true;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
