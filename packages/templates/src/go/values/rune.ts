import type { GoString } from "./go-string.js";

/** A character of UTF-8 with its length in bytes; `valid` is false for a byte that is none, which counts as U+FFFD. */
export interface Rune {
  readonly code: number;
  readonly size: number;
  readonly valid: boolean;
}

const BROKEN: Rune = { code: 0xfffd, size: 1, valid: false };

/** The rune at an offset that is inside the string; never overlong, a surrogate or beyond U+10FFFF (RFC 3629). */
export function runeAt(value: GoString, offset: number): Rune {
  const first = value.charCodeAt(offset);
  if (first < 0x80) return { code: first, size: 1, valid: true };
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || offset + size > value.length) return BROKEN;
  let code = first & (0x7f >> size);
  for (let index = 1; index < size; index += 1) {
    const next = value.charCodeAt(offset + index);
    if ((next & 0xc0) !== 0x80) return BROKEN;
    code = code * 64 + (next & 0x3f);
  }
  const least = size === 2 ? 0x80 : size === 3 ? 0x800 : 0x10000;
  if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return BROKEN;
  return { code, size, valid: true };
}

/** Every rune of a string with its offset. */
export function* runesOf(value: GoString): Generator<Rune & { readonly offset: number }> {
  for (let offset = 0; offset < value.length;) {
    const rune = runeAt(value, offset);
    yield { ...rune, offset };
    offset += rune.size;
  }
}

/** How many runes a string has. */
export function runeCount(value: GoString): number {
  let count = 0;
  for (let offset = 0; offset < value.length; count += 1) offset += runeAt(value, offset).size;
  return count;
}

/** The UTF-8 of a code point; of one that is none, that of U+FFFD. */
export function runeString(code: number): GoString {
  const valid = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  const text = String.fromCodePoint(valid ? code : 0xfffd);
  return Buffer.from(text, "utf8").toString("latin1") as GoString;
}

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Whether Go prints a character as it is: letters, marks, numbers, punctuation, symbols, and the ASCII space. */
export function isPrintable(code: number): boolean {
  return code < 0x80 ? code >= 0x20 && code < 0x7f : PRINTABLE.test(String.fromCodePoint(code));
}
