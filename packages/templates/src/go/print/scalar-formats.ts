import { TemplateProblem } from "../template-problem.js";
import { asGoString, type GoString } from "../values/go-string.js";
import { runeAt, runeString } from "../values/rune.js";
import type { FormatFlags } from "./format-flags.js";
import { formatFloat } from "./format-float.js";
import { canBackquote, quoteCharacter, quoteString } from "./quote.js";

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

/** An integer for a verb, before it is padded; nothing when the verb is none for integers. */
export function formatInteger(
  value: bigint,
  isSigned: boolean,
  verb: string,
  flags: FormatFlags,
): GoString | undefined {
  if (verb === "c") return runeString(codePoint(value));
  if (verb === "q") {
    const bytes = runeString(codePoint(value));
    return quoteCharacter(runeAt(bytes, 0).code, bytes, flags.plus);
  }
  if (verb === "U") {
    const digits = BigInt.asUintN(64, value).toString(16).toUpperCase();
    return asGoString(`U+${digits.padStart(Math.max(4, flags.precision ?? 4), "0")}`);
  }
  const isHexV = verb === "v" && flags.sharpV && !isSigned;
  const base = isHexV ? 16 : Object.hasOwn(BASES, verb) ? BASES[verb] : undefined;
  if (base === undefined) return undefined;
  const isNegative = value < 0n;
  let digits = (isNegative ? -value : value).toString(base);
  if (flags.precision !== undefined) {
    if (flags.precision === 0 && value === 0n) return asGoString("");
    digits = digits.padStart(flags.precision, "0");
  } else if (flags.zero && !flags.minus && flags.width !== undefined)
    digits = digits.padStart(flags.width - (isNegative || flags.plus || flags.space ? 1 : 0), "0");
  if (flags.sharp || isHexV) {
    if (base === 2) digits = `0b${digits}`;
    else if (base === 16) digits = `0x${digits}`;
    else if (base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
  }
  if (verb === "O") digits = `0o${digits}`;
  if (verb === "X") digits = digits.toUpperCase();
  return asGoString((isNegative ? "-" : flags.plus ? "+" : flags.space ? " " : "") + digits);
}

function codePoint(value: bigint): number {
  return value >= 0n && value <= 0x10ffffn ? Number(value) : 0xfffd;
}

const FLOAT_VERBS: Readonly<Record<string, readonly ["e" | "f" | "g", number]>> = {
  v: ["g", -1],
  g: ["g", -1],
  G: ["g", -1],
  e: ["e", 6],
  E: ["e", 6],
  f: ["f", 6],
  F: ["f", 6],
};

/** A float64 for a verb, before it is padded with spaces; nothing when the verb is none for floats. */
export function formatFloatVerb(value: number, verb: string, flags: FormatFlags): GoString | undefined {
  if (verb === "b" || verb === "x" || verb === "X")
    throw new TemplateProblem(`printf has no %${verb} for a float64`, "Print it with %f, %e or %g");
  if (!Object.hasOwn(FLOAT_VERBS, verb)) return undefined;
  const [format, preset] = FLOAT_VERBS[verb] ?? ["g", -1];
  if (flags.sharp) throw new TemplateProblem("printf has no flag # for a float64", "Leave it out");
  const isNegative = value < 0 || Object.is(value, -0);
  const sign = isNegative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  if (Number.isNaN(value)) return asGoString(`${flags.plus ? "+" : flags.space ? " " : ""}NaN`);
  if (!Number.isFinite(value))
    return asGoString(`${isNegative ? "-" : flags.space && !flags.plus ? " " : "+"}Inf`);
  let digits = formatFloat(Math.abs(value), format, flags.precision ?? preset);
  if (verb === "G" || verb === "E") digits = digits.toUpperCase();
  if (flags.zero && !flags.minus && flags.width !== undefined)
    digits = digits.padStart(flags.width - sign.length, "0");
  return asGoString(sign + digits);
}

/** A string for a verb, before it is padded; nothing when the verb is none for strings. */
export function formatString(value: GoString, verb: string, flags: FormatFlags): GoString | undefined {
  if (verb === "x" || verb === "X") {
    const bytes = Array.from(value.slice(0, flags.precision), (char) =>
      char.charCodeAt(0).toString(16).padStart(2, "0"),
    );
    const mark = flags.sharp && bytes.length > 0 ? "0x" : "";
    const text = mark + bytes.join(flags.space ? ` ${mark}` : "");
    return asGoString(verb === "X" ? text.toUpperCase() : text);
  }
  if (verb !== "v" && verb !== "s" && verb !== "q") return undefined;
  const text = flags.precision === undefined ? value : firstRunes(value, flags.precision);
  if (verb === "s" || (verb === "v" && !flags.sharpV)) return text;
  if (flags.sharp && canBackquote(text)) return asGoString(`\`${text}\``);
  return quoteString(text, flags.plus);
}

function firstRunes(value: GoString, count: number): GoString {
  let offset = 0;
  for (let index = 0; index < count && offset < value.length; index += 1)
    offset += runeAt(value, offset).size;
  return asGoString(value.slice(0, offset));
}
