import type { Meter } from "../meter.js";
import { TemplateProblem } from "../template-problem.js";
import { goString, textOf, type GoString } from "../values/go-string.js";
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

/** What a library that writes a format takes: maps keep the order that they are given. */
export type Plain = null | boolean | number | bigint | string | Plain[] | Map<string, Plain>;

/** A value for such a library. A number of JSON becomes an integer or a float, as what it is written like. */
export function toPlain(
  value: GoValue,
  format: string,
  compare: (a: string, b: string) => number,
  meter: Meter,
): Plain {
  let bytes = 0;
  const weigh = (more: number): void => {
    bytes += more;
    meter.step();
    // The library writes all of it before it can be measured.
    if (bytes > meter.limits.maxOutputBytes) meter.bytes(bytes);
  };
  return convert(value, { format, compare, weigh }, 0);
}

interface Conversion {
  readonly format: string;
  readonly compare: (a: string, b: string) => number;
  readonly weigh: (bytes: number) => void;
}

function convert(value: GoValue, conversion: Conversion, depth: number): Plain {
  const { format, compare, weigh } = conversion;
  weigh(2 * depth + (typeof value === "string" ? value.length : 1));
  const below = (each: GoValue): Plain => convert(each, conversion, depth + 1);
  if (value === undefined || value === null || value instanceof GoNilPointer) return null;
  if (typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "string") return text(value, format);
  if (value instanceof GoInteger) return value.value;
  if (value instanceof GoJsonNumber) {
    const written = textOf(value.text);
    // What an int64 cannot hold is a float.
    const isInteger = /^-?\d+$/.test(written) && BigInt.asIntN(64, BigInt(written)) === BigInt(written);
    return isInteger ? BigInt(written) : Number(written);
  }
  if (value instanceof GoList) return value.items.map(below);
  if (!(value instanceof GoMap) && !(value instanceof GoStruct))
    throw new TemplateProblem(`a value of type ${typeName(value)} cannot be written as ${format}`);
  const entries: (readonly [string, GoValue])[] =
    value instanceof GoMap
      ? Array.from(value.entries, ([key, each]) => [text(key, format), each] as const).sort(([a], [b]) =>
          compare(a, b),
        )
      : [...value.fields];
  return new Map(entries.map(([key, each]) => [key, below(each)]));
}

function text(value: GoString, format: string): string {
  const decoded = textOf(value);
  if (goString(decoded) !== value)
    throw new TemplateProblem(`bytes that are no UTF-8 cannot be written as ${format}`, "Use base64Encode");
  return decoded;
}
