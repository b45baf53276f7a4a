import type { Meter } from "../meter.js";
import { TemplateProblem } from "../template-problem.js";
import { asGoString, goString, type GoString } from "../values/go-string.js";
import { typeName } from "../values/go-type.js";
import {
  GoChannel,
  GoInteger,
  GoJsonNumber,
  GoList,
  GoMap,
  GoNilPointer,
  GoStruct,
  type GoValue,
} from "../values/go-value.js";
import { runeCount } from "../values/rune.js";
import { noFlags, type FormatFlags } from "./format-flags.js";
import { formatFloatVerb, formatInteger, formatString } from "./scalar-formats.js";

const NIL = "<nil>";
/** Digits after the point, or of an integer, that one verb may ask for. */
const MAX_DIGITS = 1100;

/** Writes values as Go's package fmt does. */
export class GoPrinter {
  readonly #parts: string[] = [];
  #length = 0;
  flags: FormatFlags = noFlags();

  constructor(private readonly meter: Meter) {}

  text(): GoString {
    return asGoString(this.#parts.join(""));
  }

  write(bytes: string): void {
    this.#length += bytes.length;
    this.meter.bytes(bytes.length);
    // What is written so far counts as one string, but not again as work.
    if (this.#length > this.meter.limits.maxOutputBytes) this.meter.bytes(this.#length);
    this.#parts.push(bytes);
  }

  /** Prints a value for a verb of `printf`; `depth` counts the lists and maps around it. */
  print(value: GoValue, verb: string, depth = 0): void {
    if (verb === "T" && depth === 0) return this.pad(goString(isNil(value) ? NIL : typeName(value)));
    if (verb === "p" && typeof value === "object" && value !== null && !(value instanceof GoInteger))
      throw new TemplateProblem("printf has no %p", "Print the value");
    // It wraps an error, and nothing here is one.
    if (verb === "w" && depth === 0) return this.badVerb(value, verb);
    if (value === undefined || value === null) return this.nil(verb, depth);
    if (typeof value === "boolean")
      return verb === "t" || verb === "v" ? this.pad(asGoString(String(value))) : this.badVerb(value, verb);
    if (typeof value === "number") return this.float(value, verb);
    if (typeof value === "string" || value instanceof GoJsonNumber) return this.string(value, verb);
    if (value instanceof GoInteger) return this.integer(value, verb);
    if (value instanceof GoList) return this.list(value, verb, depth);
    if (value instanceof GoMap) return this.map(value, verb, depth);
    if (value instanceof GoStruct) return this.struct(value, verb, depth);
    if (value instanceof GoChannel) throw new TemplateProblem("the result of loop cannot be printed");
    this.nilPointer(value, verb);
  }

  private nilPointer(value: GoNilPointer, verb: string): void {
    if (verb === "v") this.pad(asGoString(NIL));
    else if ("bodxX".includes(verb)) this.print(new GoInteger("uint64", 0n), verb);
    else this.badVerb(value, verb);
  }

  private float(value: number, verb: string): void {
    this.boundNumber();
    const formatted = formatFloatVerb(value, verb, this.flags);
    if (formatted === undefined) this.badVerb(value, verb);
    else this.pad(formatted, false);
  }

  private string(value: GoString | GoJsonNumber, verb: string): void {
    const text = value instanceof GoJsonNumber ? value.text : value;
    const formatted = formatString(text, verb, this.flags);
    if (formatted === undefined) this.badVerb(value, verb);
    else this.pad(formatted);
  }

  private integer(value: GoInteger, verb: string): void {
    this.boundNumber();
    const formatted = formatInteger(value.value, value.isSigned, verb, this.flags);
    if (formatted === undefined) this.badVerb(value, verb);
    else this.pad(formatted, verb === "c" || verb === "q");
  }

  /** A number is written out before it is padded, so its length is bounded before that. */
  private boundNumber(): void {
    this.meter.bytes((this.flags.width ?? 0) + (this.flags.precision ?? 0) + 1);
    // The digits of a number are made in time that grows faster than their count.
    if ((this.flags.precision ?? 0) > MAX_DIGITS)
      throw new TemplateProblem(`printf has a precision above ${MAX_DIGITS}`, "Make it smaller");
  }

  private nil(verb: string, depth: number): void {
    if (depth > 0) this.write(this.flags.sharpV ? "interface {}(nil)" : NIL);
    else if (verb === "v") this.pad(asGoString(NIL));
    else this.badVerb(null, verb);
  }

  private list(value: GoList, verb: string, depth: number): void {
    const { sharpV } = this.flags;
    if (sharpV && value.isNil) return this.write(`${typeName(value)}(nil)`);
    this.write(sharpV ? `${typeName(value)}{` : "[");
    for (const [index, item] of value.items.entries()) {
      if (index > 0) this.write(sharpV ? ", " : " ");
      this.print(item, verb, depth + 1);
    }
    this.write(sharpV ? "}" : "]");
  }

  private map(value: GoMap, verb: string, depth: number): void {
    const { sharpV } = this.flags;
    this.write(sharpV ? `${typeName(value)}{` : "map[");
    for (const [index, [key, item]] of value.sorted().entries()) {
      if (index > 0) this.write(sharpV ? ", " : " ");
      this.print(key, verb, depth + 1);
      this.write(":");
      this.print(item, verb, depth + 1);
    }
    this.write(sharpV ? "}" : "]");
  }

  private struct(value: GoStruct, verb: string, depth: number): void {
    if (value.isPointer && depth > 0)
      throw new TemplateProblem(`Go prints the address of a ${value.type} here`, "Print its fields");
    const { sharpV, plusV } = this.flags;
    const mark = value.isPointer ? "&" : "";
    this.write(sharpV ? `${mark}${value.type}{` : `${mark}{`);
    for (const [index, [name, item]] of [...value.fields].entries()) {
      if (index > 0) this.write(sharpV ? ", " : " ");
      if (sharpV || plusV) this.write(`${name}:`);
      if (sharpV && item instanceof GoNilPointer) this.write(`(*${item.type})(nil)`);
      else this.print(item, verb, depth + 1);
    }
    this.write("}");
  }

  /** `%!d(string=x)`: the verb is none for this type. */
  private badVerb(value: GoValue, verb: string): void {
    if (isNil(value)) return this.write(`%!${verb}(${NIL})`);
    this.write(`%!${verb}(${typeName(value)}=`);
    this.print(value, "v");
    this.write(")");
  }

  private pad(text: GoString, withZeros = true): void {
    const { width, minus, zero } = this.flags;
    const missing = width === undefined ? 0 : width - runeCount(text);
    if (missing <= 0) return this.write(text);
    this.meter.bytes(missing);
    if (minus) return this.write(text + " ".repeat(missing));
    this.write((withZeros && zero ? "0" : " ").repeat(missing) + text);
  }
}

function isNil(value: GoValue): value is null | undefined {
  return value === null || value === undefined;
}
