import { Document, Scalar, type ScalarTag } from "yaml";
import type { Meter } from "../meter.js";
import { goString, type GoString } from "../values/go-string.js";
import type { GoValue } from "../values/go-value.js";
import { compareNaturally } from "./compare-naturally.js";
import { formatFloat } from "./format-float.js";
import { toPlain, type Plain } from "./to-plain.js";

/** A float64 as it is to be written. */
class FloatText {
  constructor(readonly text: string) {}
}

const FLOAT_TAG: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  identify: (value) => value instanceof FloatText,
  // Only written, never read.
  resolve: (text) => text,
  stringify: ({ value }) => (value as FloatText).text,
};

/** A word that a YAML 1.1 reader takes for a boolean, null, a number or a date. */
const OTHER_TYPE =
  /^(?:|~|null|y|n|yes|no|on|off|true|false|<<|[-+]?\.inf|\.nan|[-+]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[-+]?\d+)?|[-+]?0(?:x[\da-f_]+|b[01_]+|o[0-7_]+)|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|\d{4}-\d{1,2}-\d{1,2}(?:[Tt\s].*)?)$/i;

/**
 * A value as YAML that a 1.1 and a 1.2 reader read alike, in the layout of consul-template's library: lists are not
 * indented, keys are sorted as people sort them, lines are not folded.
 */
export function formatYaml(value: GoValue, meter: Meter): GoString {
  const plain = toPlain(value, "YAML", compareNaturally, meter);
  const document = new Document(toScalars(plain), {
    compat: "yaml-1.1",
    customTags: [FLOAT_TAG],
    aliasDuplicateObjects: false,
  });
  const written = document.toString({
    indentSeq: false,
    lineWidth: 0,
    singleQuote: true,
    nullStr: "null",
  });
  const result = goString(written.trim());
  meter.bytes(result.length);
  return result;
}

function toScalars(plain: Plain): unknown {
  if (typeof plain === "number") return new Scalar(new FloatText(floatText(plain)));
  if (typeof plain === "string") return textScalar(plain);
  if (Array.isArray(plain)) return plain.map(toScalars);
  if (!(plain instanceof Map)) return plain;
  return new Map(Array.from(plain, ([key, each]) => [textScalar(key), toScalars(each)]));
}

function textScalar(text: string): Scalar<string> {
  const scalar = new Scalar(text);
  if (OTHER_TYPE.test(text)) scalar.type = "QUOTE_DOUBLE";
  return scalar;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return Number.isFinite(value) ? sign + formatFloat(Math.abs(value), "g", -1) : `${sign || "+"}.inf`;
}
