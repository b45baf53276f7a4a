import type { Meter } from "../meter.js";
import type { GoString } from "../values/go-string.js";
import { kindOf } from "../values/go-type.js";
import { GoStruct, type GoValue } from "../values/go-value.js";
import { GoPrinter } from "./go-printer.js";

/** `fmt.Sprint`: a space between two values when neither is a string. */
export function sprint(values: readonly GoValue[], meter: Meter): GoString {
  const printer = new GoPrinter(meter);
  for (const [index, value] of values.entries()) {
    if (index > 0 && kindOf(value) !== "string" && kindOf(values[index - 1]) !== "string") printer.write(" ");
    printer.print(value, "v");
  }
  return printer.text();
}

/** `fmt.Sprintln`: a space between any two values, and a line break. */
export function sprintln(values: readonly GoValue[], meter: Meter): GoString {
  const printer = new GoPrinter(meter);
  for (const [index, value] of values.entries()) {
    if (index > 0) printer.write(" ");
    printer.print(value, "v");
  }
  printer.write("\n");
  return printer.text();
}

/** The struct behind a pointer, which templates print without its `&`. */
export function withoutPointer(value: GoValue): GoValue {
  return value instanceof GoStruct && value.isPointer ? new GoStruct(value.type, false, value.fields) : value;
}
