import type { Meter } from "../meter.js";
import { TemplateProblem } from "../template-problem.js";
import { asGoString, bytesOf, goString, textOf, type GoString } from "../values/go-string.js";
import { typeName } from "../values/go-type.js";
import {
  GoInteger,
  GoJsonNumber,
  GoList,
  GoMap,
  GoNilPointer,
  GoStruct,
  type GoValue,
} from "../values/go-value.js";
import { runesOf } from "../values/rune.js";

/** How JSON is written. */
export interface JsonStyle {
  readonly pretty: boolean;
  /** Whether `<`, `>` and `&` are written as escapes. */
  readonly escapesHtml: boolean;
}

const ALWAYS = /["\\\u2028\u2029]|[^\x20-\uFFFF]/g;
const WITH_HTML = /["\\<>&\u2028\u2029]|[^\x20-\uFFFF]/g;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** A value as Go's encoding/json writes it: sorted keys, indented with two spaces if pretty. */
export function formatJson(value: GoValue, style: JsonStyle, meter: Meter): GoString {
  const parts: string[] = [];
  let length = 0;
  const write = (bytes: string): void => {
    length += bytes.length;
    meter.bytes(bytes.length);
    if (length > meter.limits.maxOutputBytes) meter.bytes(length);
    parts.push(bytes);
  };
  writeValue(value, "\n", style, write);
  return asGoString(parts.join(""));
}

type Write = (bytes: string) => void;

function writeValue(value: GoValue, newline: string, style: JsonStyle, write: Write): void {
  if (value === undefined || value === null || value instanceof GoNilPointer) write("null");
  else if (typeof value === "boolean") write(String(value));
  else if (typeof value === "number") write(jsonFloat(value));
  else if (typeof value === "string") write(jsonString(value, style));
  else if (value instanceof GoInteger) write(String(value.value));
  else if (value instanceof GoJsonNumber) write(value.text === "" ? "0" : value.text);
  else if (value instanceof GoList) {
    if (value.isNil) return write("null");
    const items = value.items.map((item) => [undefined, item] as const);
    writeEntries("[]", items, newline, style, write);
  } else if (value instanceof GoMap) writeEntries("{}", value.sorted(), newline, style, write);
  else if (value instanceof GoStruct)
    writeEntries(
      "{}",
      [...value.fields].map(([name, item]) => [goString(name), item] as const),
      newline,
      style,
      write,
    );
  else throw new TemplateProblem(`a value of type ${typeName(value)} cannot be written as JSON`);
}

function writeEntries(
  brackets: "[]" | "{}",
  entries: readonly (readonly [GoString | undefined, GoValue])[],
  newline: string,
  style: JsonStyle,
  write: Write,
): void {
  write(brackets.charAt(0));
  const inner = `${newline}  `;
  for (const [index, [key, item]] of entries.entries()) {
    if (index > 0) write(",");
    if (style.pretty) write(inner);
    if (key !== undefined) write(jsonString(key, style) + (style.pretty ? ": " : ":"));
    writeValue(item, inner, style, write);
  }
  if (style.pretty && entries.length > 0) write(newline);
  write(brackets.charAt(1));
}

/** As JavaScript writes it, but for a negative zero. */
function jsonFloat(value: number): string {
  if (!Number.isFinite(value)) throw new TemplateProblem("NaN and infinity cannot be written as JSON");
  return Object.is(value, -0) ? "-0" : JSON.stringify(value);
}

/** A byte that is no UTF-8 is written as the escape of U+FFFD. */
function jsonString(value: GoString, { escapesHtml }: JsonStyle): string {
  const text = textOf(value);
  const escaped = text.replaceAll(
    escapesHtml ? WITH_HTML : ALWAYS,
    (char) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const isWhole = bytesOf(value).equals(Buffer.from(text, "utf8"));
  return goString(`"${isWhole ? escaped : jsonBroken(value, escapesHtml)}"`);
}

function jsonBroken(value: GoString, escapesHtml: boolean): string {
  return [...runesOf(value)]
    .map(({ valid, offset, size }) => {
      const char = asGoString(value.slice(offset, offset + size));
      const inner = valid ? jsonString(char, { escapesHtml, pretty: false }).slice(1, -1) : "\\ufffd";
      return textOf(asGoString(inner));
    })
    .join("");
}
