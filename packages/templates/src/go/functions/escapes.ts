import { sprint, withoutPointer } from "../print/sprint.js";
import type { Meter } from "../meter.js";
import { asGoString, goString, type GoString } from "../values/go-string.js";
import type { GoValue } from "../values/go-value.js";
import { isPrintable, runesOf } from "../values/rune.js";
import { ofMany, type GoFunctions } from "./go-function.js";

/** Longer than one character becomes in any of these. */
const WORST = 6;

const HTML: Readonly<Record<string, string>> = {
  "\0": goString("\uFFFD"),
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};
const JAVASCRIPT: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

/** `html`, `js` and `urlquery`. */
export const ESCAPE_FUNCTIONS: GoFunctions = {
  html: ofMany(0, (values, { meter }) =>
    // oxlint-disable-next-line no-control-regex
    asGoString(joined(values, meter).replaceAll(/[\0"'&<>]/g, (char) => HTML[char] ?? char)),
  ),
  js: ofMany(0, (values, { meter }) => escapeJavaScript(joined(values, meter))),
  urlquery: ofMany(0, (values, { meter }) =>
    asGoString(
      joined(values, meter).replaceAll(/[^A-Za-z0-9\-_.~]/g, (char) =>
        char === " " ? "+" : `%${hex(char.charCodeAt(0), 2)}`,
      ),
    ),
  ),
};

function joined(values: readonly GoValue[], meter: Meter): GoString {
  const text = sprint(values.map(withoutPointer), meter);
  meter.bytes(text.length * WORST);
  return text;
}

function escapeJavaScript(text: GoString): GoString {
  let escaped = "";
  for (const { code, size, offset } of runesOf(text)) {
    const char = text.slice(offset, offset + size);
    const short = JAVASCRIPT[char];
    if (short !== undefined) escaped += short;
    else if (code < 0x20) escaped += `\\u00${hex(code, 2)}`;
    else if (code < 0x80 || isPrintable(code)) escaped += char;
    else escaped += `\\u${hex(code, 4)}`;
  }
  return asGoString(escaped);
}

function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, "0");
}
