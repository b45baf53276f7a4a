import type { Meter } from "../meter.js";
import { TemplateProblem } from "../template-problem.js";
import { asGoString, goString, textOf, type GoString } from "../values/go-string.js";
import { GoList, GoMap, type GoInteger, type GoValue } from "../values/go-value.js";
import { runeAt, runesOf, runeString } from "../values/rune.js";
import { itemsAt, ofStrings, stringAt, type GoFunctions } from "./go-function.js";

/** Functions of strings. The string they work on is the last argument, so that it can come through a pipe. */
export const TEXT_FUNCTIONS: GoFunctions = {
  trim: ofStrings(2, ([cutset, text]) => {
    const cut = new Set([...runesOf(cutset)].map(({ code }) => code));
    return trimRunes(text, (code) => cut.has(code));
  }),
  trimPrefix: ofStrings(2, ([prefix, text]) =>
    text.startsWith(prefix) ? asGoString(text.slice(prefix.length)) : text,
  ),
  trimSuffix: ofStrings(2, ([suffix, text]) =>
    text.endsWith(suffix) ? asGoString(text.slice(0, text.length - suffix.length)) : text,
  ),
  trimSpace: ofStrings(1, ([text]) => trimSpace(text)),
  toLower: ofStrings(1, ([text], { meter }) => mapRunes(text, meter, toLower)),
  toUpper: ofStrings(1, ([text], { meter }) =>
    mapRunes(text, meter, (char) => single(char, char.toUpperCase())),
  ),
  toTitle: ofStrings(1, ([text], { meter }) => toTitle(text, meter)),
  replaceAll: ofStrings(3, ([from, to, text], { meter }) => replaceAll(text, from, to, meter)),
  split: ofStrings(2, ([separator, text], { meter }) => {
    const trimmed = trimSpace(text);
    return new GoList("string", trimmed === "" ? [] : splitAt(trimmed, separator, meter));
  }),
  splitToMap: ofStrings(3, ([pairs, parts, text], { meter }) => {
    const trimmed = trimSpace(text);
    const entries = new Map<GoString, GoValue>();
    for (const pair of trimmed === "" ? [] : splitAt(trimmed, pairs, meter)) {
      const at = pair.indexOf(parts);
      if (at >= 0) entries.set(asGoString(pair.slice(0, at)), asGoString(pair.slice(at + parts.length)));
    }
    return new GoMap("string", entries);
  }),
  join: {
    parameters: ["string", "[]string"],
    call: (args, { meter }) => {
      const items = itemsAt(args, 1) as readonly GoString[];
      const separator = stringAt(args, 0);
      meter.bytes(items.reduce((sum, item) => sum + item.length + separator.length, 0));
      return asGoString(items.join(separator));
    },
  },
  indent: {
    parameters: ["int", "string"],
    call: (args, { meter }) => {
      const spaces = (args[0] as GoInteger).value;
      if (spaces < 0n) throw new TemplateProblem("indent takes no negative number");
      const text = stringAt(args, 1);
      const lines = text.split("\n");
      meter.bytes(text.length + lines.length * Number(spaces));
      const prefix = " ".repeat(Number(spaces));
      return asGoString(lines.map((line) => (line === "" ? "" : prefix + line)).join("\n"));
    },
  },
};

// Unicode's White_Space below U+3001, as Go counts it.
const SPACE = /^[\t-\r \x85\xA0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]$/;

function trimSpace(text: GoString): GoString {
  return trimRunes(text, (code) => code < 0x10000 && SPACE.test(String.fromCharCode(code)));
}

function trimRunes(text: GoString, isCut: (code: number) => boolean): GoString {
  let start = 0;
  while (start < text.length) {
    const { code, size } = runeAt(text, start);
    if (!isCut(code)) break;
    start += size;
  }
  let end = text.length;
  while (end > start) {
    const last = lastRuneStart(text, start, end);
    if (!isCut(runeAt(asGoString(text.slice(last, end)), 0).code)) break;
    end = last;
  }
  return asGoString(text.slice(start, end));
}

/** Where the rune begins that ends at `end`; a byte that is none is one by itself. */
function lastRuneStart(text: GoString, start: number, end: number): number {
  for (let at = end - 1; at >= Math.max(start, end - 4); at -= 1) {
    const { size, valid } = runeAt(asGoString(text.slice(at, end)), 0);
    if (valid && at + size === end) return at;
  }
  return end - 1;
}

/** Each rune by itself, and only into one rune: Go's mapping is the simple one, whatever stands around. */
function mapRunes(text: GoString, meter: Meter, map: (char: string) => string): GoString {
  meter.bytes(text.length);
  let mapped = "";
  for (const { code } of runesOf(text))
    mapped +=
      code < 0x80
        ? map(String.fromCharCode(code))
        : runeString(map(String.fromCodePoint(code)).codePointAt(0) ?? code);
  return asGoString(mapped);
}

function toLower(char: string): string {
  // The one letter whose simple lower case is not the first of its full one.
  return char === "\u0130" ? "i" : single(char, char.toLowerCase());
}

function single(char: string, mapped: string): string {
  return Array.from(mapped).length === 1 ? mapped : char;
}

function toTitle(text: GoString, meter: Meter): GoString {
  meter.bytes(text.length);
  // Finding words is slow.
  meter.step(text.length);
  const words = new Intl.Segmenter("und", { granularity: "word" }).segment(textOf(text));
  const title = Array.from(words, ({ segment }) =>
    segment.replace(/\p{Cased}/u, (char) => char.toUpperCase()),
  );
  return goString(title.join(""));
}

/** An empty string is found before every rune and at the end. */
function replaceAll(text: GoString, from: GoString, to: GoString, meter: Meter): GoString {
  if (from !== "") {
    const pieces = text.split(from);
    meter.bytes(text.length + (pieces.length - 1) * Math.max(0, to.length - from.length));
    return asGoString(pieces.join(to));
  }
  const runes = splitAt(text, from, meter);
  meter.bytes(text.length + (runes.length + 1) * to.length);
  return asGoString([...runes.map((rune) => to + rune), to].join(""));
}

/** An empty separator splits after every rune. */
function splitAt(text: GoString, separator: GoString, meter: Meter): GoString[] {
  meter.bytes(text.length);
  const parts =
    separator === ""
      ? [...runesOf(text)].map(({ offset, size }) => text.slice(offset, offset + size))
      : text.split(separator);
  meter.step(parts.length);
  return parts.map(asGoString);
}
