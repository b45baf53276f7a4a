import { TemplateProblem } from "../template-problem.js";
import { asGoString, textOf, type GoString } from "../values/go-string.js";
import { DataShapeError, fromJson } from "../values/from-json.js";
import { GoInteger, GoMap } from "../values/go-value.js";
import { parseNumber } from "../syntax/parse-number.js";
import { ofStrings, type GoFunctions } from "./go-function.js";

const TRUE = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** Strings read as other values. The empty string is the zero of each. */
export const PARSE_FUNCTIONS: GoFunctions = {
  parseBool: ofStrings(1, ([text]) => {
    if (text === "" || FALSE.has(text)) return false;
    if (TRUE.has(text)) return true;
    throw malformed("parseBool", "a boolean");
  }),
  parseFloat: ofStrings(1, ([text]) => (text === "" ? 0 : parseFloat64(text))),
  parseInt: ofStrings(1, ([text]) => new GoInteger("int64", parseInteger(text, "parseInt", /^[-+]?\d+$/))),
  parseUint: ofStrings(1, ([text]) => new GoInteger("uint64", parseInteger(text, "parseUint", /^\d+$/))),
  parseJSON: ofStrings(1, ([text], { meter }) => {
    meter.bytes(text.length);
    // Values of JSON take more room than their text.
    meter.step(Math.floor(text.length / 16));
    if (text === "") return new GoMap("interface {}", new Map());
    return parseJson(text);
  }),
};

/** A decimal integer that its type can hold. */
export function parseInteger(text: GoString, name: string, pattern: RegExp): bigint {
  if (text === "") return 0n;
  if (!pattern.test(text) || text.length > 64) throw malformed(name, "an integer");
  const value = BigInt(text.replace(/^\+/, ""));
  const fits = name === "parseUint" ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value);
  if (fits !== value) throw new TemplateProblem(`the argument of ${name} is out of range`);
  return value;
}

function parseFloat64(text: GoString): number {
  const word = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i.exec(text);
  if (word !== null) return word[2] === undefined ? Number.NaN : word[1] === "-" ? -Infinity : Infinity;
  // The number of a template, with a point that makes it a float in any case.
  const isDecimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text);
  if (isDecimal) {
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    throw new TemplateProblem("the argument of parseFloat is out of range");
  }
  const constant = /^[+-]?0[xX]/.test(text) ? parseNumber(asGoString(text), 0) : undefined;
  if (
    constant === undefined ||
    typeof constant === "string" ||
    !/[pP]/.test(text) ||
    constant.float === undefined
  )
    throw malformed("parseFloat", "a number");
  return constant.float;
}

function parseJson(text: GoString): ReturnType<typeof fromJson> {
  try {
    return fromJson(JSON.parse(textOf(text)), "float64");
  } catch (thrown) {
    if (thrown instanceof DataShapeError)
      throw new TemplateProblem(`the argument of parseJSON ${thrown.message}`);
    // The parser's message quotes the text.
    throw malformed("parseJSON", "JSON");
  }
}

function malformed(name: string, what: string): TemplateProblem {
  return new TemplateProblem(`the argument of ${name} is not ${what}`);
}
