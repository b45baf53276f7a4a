import type { Meter } from "../meter.js";
import { asGoString, type GoString } from "../values/go-string.js";
import { typeName } from "../values/go-type.js";
import { GoInteger, type GoValue } from "../values/go-value.js";
import { runeAt } from "../values/rune.js";
import { noFlags } from "./format-flags.js";
import { GoPrinter } from "./go-printer.js";

const MAX_NUMBER = 1_000_000;
const FLAGS = { "#": "sharp", "0": "zero", "+": "plus", "-": "minus", " ": "space" } as const;

/** `fmt.Sprintf`, with its marks for what does not fit: `%!d(string=x)`, `%!d(MISSING)`, `%!(EXTRA int=1)`. */
export function sprintf(format: GoString, values: readonly GoValue[], meter: Meter): GoString {
  return new Formatter(format, values, meter).run();
}

class Formatter {
  private readonly printer: GoPrinter;
  private offset = 0;
  private argument = 0;
  private isReordered = false;
  private isGoodIndex = true;
  private isAfterIndex = false;

  constructor(
    private readonly format: GoString,
    private readonly values: readonly GoValue[],
    meter: Meter,
  ) {
    this.printer = new GoPrinter(meter);
  }

  run(): GoString {
    const { format, printer } = this;
    while (this.offset < format.length) {
      const percent = format.indexOf("%", this.offset);
      const end = percent < 0 ? format.length : percent;
      if (end > this.offset) printer.write(format.slice(this.offset, end));
      this.offset = end + 1;
      if (percent >= 0 && !this.verb()) break;
    }
    if (!this.isReordered && this.argument < this.values.length) this.extra();
    return printer.text();
  }

  /** One verb after its percent sign; false when the format ends before it. */
  private verb(): boolean {
    const { printer, format } = this;
    printer.flags = noFlags();
    this.isGoodIndex = true;
    this.isAfterIndex = false;
    for (; this.offset < format.length; this.offset += 1) {
      const flag = FLAGS[format.charAt(this.offset) as keyof typeof FLAGS];
      if (flag === undefined) break;
      printer.flags[flag] = true;
    }
    this.index();
    this.width();
    this.precision();
    if (!this.isAfterIndex) this.index();
    if (this.offset >= format.length) {
      printer.write("%!(NOVERB)");
      return false;
    }
    const { size } = runeAt(format, this.offset);
    const verb = format.slice(this.offset, this.offset + size);
    this.offset += size;
    if (verb === "%") printer.write("%");
    else if (!this.isGoodIndex) printer.write(`%!${verb}(BADINDEX)`);
    else if (this.argument >= this.values.length) printer.write(`%!${verb}(MISSING)`);
    else this.value(verb);
    return true;
  }

  private value(verb: string): void {
    const { flags } = this.printer;
    if (verb === "v" || verb === "w") {
      Object.assign(flags, { sharpV: flags.sharp, sharp: false, plusV: flags.plus, plus: false });
    }
    this.printer.print(this.values[this.argument], verb);
    this.argument += 1;
  }

  /** `[3]`: which argument is next. */
  private index(): void {
    this.isAfterIndex = false;
    if (this.format.charAt(this.offset) !== "[") return;
    this.isReordered = true;
    const close = this.format.indexOf("]", this.offset);
    const inner = close < 0 ? "" : this.format.slice(this.offset + 1, close);
    this.offset = close < 0 ? this.offset + 1 : close + 1;
    const number = /^\d{1,7}$/.test(inner) ? Number(inner) : 0;
    this.isAfterIndex = number > 0;
    if (number > 0 && number <= this.values.length) this.argument = number - 1;
    else this.isGoodIndex = false;
  }

  private width(): void {
    const { flags } = this.printer;
    if (this.format.charAt(this.offset) !== "*") {
      flags.width = this.number();
      if (this.isAfterIndex && flags.width !== undefined) this.isGoodIndex = false;
      return;
    }
    this.offset += 1;
    flags.width = this.fromArgument("%!(BADWIDTH)");
    if (flags.width !== undefined && flags.width < 0) {
      flags.width = -flags.width;
      flags.minus = true;
      flags.zero = false;
    }
    this.isAfterIndex = false;
  }

  private precision(): void {
    if (this.format.charAt(this.offset) !== "." || this.offset + 1 >= this.format.length) return;
    const { flags } = this.printer;
    this.offset += 1;
    if (this.isAfterIndex) this.isGoodIndex = false;
    this.index();
    if (this.format.charAt(this.offset) !== "*") {
      flags.precision = this.number() ?? 0;
      return;
    }
    this.offset += 1;
    const precision = this.fromArgument("%!(BADPREC)");
    if (precision !== undefined && precision >= 0) flags.precision = precision;
    else if (precision !== undefined) this.printer.write("%!(BADPREC)");
    this.isAfterIndex = false;
  }

  private fromArgument(mark: string): number | undefined {
    const value = this.values[this.argument];
    if (this.argument < this.values.length) this.argument += 1;
    const number = value instanceof GoInteger ? Number(value.value) : undefined;
    if (number !== undefined && Math.abs(number) <= MAX_NUMBER) return number;
    this.printer.write(mark);
    return undefined;
  }

  /** A number in the format; one that is too large ends the format, as in Go. */
  private number(): number | undefined {
    const pattern = /\d+/y;
    pattern.lastIndex = this.offset;
    const [digits] = pattern.exec(this.format) ?? [];
    if (digits === undefined) return undefined;
    // Go looks before it adds a digit, so that seven digits are read.
    if (Number(digits.slice(0, -1)) > MAX_NUMBER) {
      this.offset = this.format.length;
      return undefined;
    }
    this.offset = pattern.lastIndex;
    return Number(digits);
  }

  private extra(): void {
    const { printer } = this;
    printer.flags = noFlags();
    printer.write("%!(EXTRA ");
    for (const [index, value] of this.values.slice(this.argument).entries()) {
      if (index > 0) printer.write(", ");
      if (value !== null && value !== undefined) printer.write(asGoString(`${typeName(value)}=`));
      printer.print(value, "v");
    }
    printer.write(")");
  }
}
