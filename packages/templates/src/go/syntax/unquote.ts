import { asGoString, type GoString } from "../values/go-string.js";
import { runeAt, runeString } from "../values/rune.js";

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};
const DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** The value of a quoted or raw string of Go; nothing if it has an escape that Go does not know. */
export function unquoteString(quoted: GoString): GoString | undefined {
  const inner = asGoString(quoted.slice(1, -1));
  if (quoted.startsWith("`")) return asGoString(inner.replaceAll("\r", ""));
  let value = "";
  for (let offset = 0; offset < inner.length;) {
    if (inner.charAt(offset) !== "\\") {
      value += inner.charAt(offset);
      offset += 1;
      continue;
    }
    const escape = readEscape(inner, offset, '"');
    if (escape === undefined) return undefined;
    value += escape.bytes;
    offset = escape.end;
  }
  return asGoString(value);
}

/** The code point of a character constant; nothing if it is not one character. */
export function unquoteCharacter(quoted: GoString): number | undefined {
  const inner = asGoString(quoted.slice(1, -1));
  if (inner === "") return undefined;
  if (!inner.startsWith("\\")) {
    const { code, size } = runeAt(inner, 0);
    return size === inner.length ? code : undefined;
  }
  const escape = readEscape(inner, 0, "'");
  return escape?.end === inner.length ? escape.code : undefined;
}

interface Escape {
  readonly bytes: string;
  readonly code: number;
  readonly end: number;
}

function readEscape(text: GoString, offset: number, quote: string): Escape | undefined {
  const char = text.charAt(offset + 1);
  const plain = char === quote ? quote : Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : undefined;
  if (plain !== undefined) return { bytes: plain, code: plain.charCodeAt(0), end: offset + 2 };
  const digits = Object.hasOwn(DIGITS, char) ? DIGITS[char] : undefined;
  if (digits !== undefined) {
    const hex = text.slice(offset + 2, offset + 2 + digits);
    if (hex.length < digits || !/^[\da-f]+$/i.test(hex)) return undefined;
    const code = Number.parseInt(hex, 16);
    const end = offset + 2 + digits;
    if (char === "x") return { bytes: String.fromCharCode(code), code, end };
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
    return { bytes: runeString(code), code, end };
  }
  const octal = text.slice(offset + 1, offset + 4);
  if (!/^[0-7]{3}$/.test(octal)) return undefined;
  const code = Number.parseInt(octal, 8);
  return code > 255 ? undefined : { bytes: String.fromCharCode(code), code, end: offset + 4 };
}
