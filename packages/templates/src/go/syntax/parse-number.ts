import { asGoString, type GoString } from "../values/go-string.js";
import type { NumberOperand } from "./node.js";
import { unquoteCharacter } from "./unquote.js";

const INTEGER =
  /^([+-]?)(?:0[xX]((?:_?[\da-fA-F])+)|0[bB]((?:_?[01])+)|0[oO]?((?:_?[0-7])+)|(0|[1-9](?:_?\d)*))$/;
const DECIMAL = /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/;
const HEXADECIMAL = /^([+-]?)0[xX]_?([\da-fA-F_]*)\.?([\da-fA-F_]*)[pP]([+-]?\d+)$/;

/** A number or character constant; says what is wrong with it if it is none. */
export function parseNumber(text: GoString, offset: number): NumberOperand | string {
  const number = (rest: Pick<NumberOperand, "int" | "uint" | "float">): NumberOperand => ({
    type: "number",
    offset,
    text,
    ...rest,
  });
  if (text.startsWith("'")) {
    const code = unquoteCharacter(text);
    if (code === undefined) return "malformed character constant";
    return number({ int: BigInt(code), uint: BigInt(code), float: code });
  }
  if (text.endsWith("i")) return "complex numbers are not supported";
  const integer = parseInteger(text);
  if (integer !== undefined) {
    const int = BigInt.asIntN(64, integer) === integer ? integer : undefined;
    const unsigned = /^[+]/.test(text) || (text.startsWith("-") && integer !== 0n);
    const uint = !unsigned && BigInt.asUintN(64, integer) === integer ? integer : undefined;
    if (int !== undefined || uint !== undefined) return number({ int, uint, float: Number(integer) });
  }
  const float = parseFloatConstant(text);
  if (float === undefined) return "illegal number syntax";
  if (!/[.eEpP]/.test(text)) return "integer overflow";
  const whole = Number.isInteger(float) ? BigInt(float) : undefined;
  return number({
    int: whole !== undefined && BigInt.asIntN(64, whole) === whole ? whole : undefined,
    uint: whole !== undefined && BigInt.asUintN(64, whole) === whole ? whole : undefined,
    float,
  });
}

function parseInteger(text: GoString): bigint | undefined {
  const [, sign, hex, binary, octal, decimal] = INTEGER.exec(text) ?? [];
  const digits = hex ?? binary ?? octal ?? decimal;
  if (digits === undefined) return undefined;
  const prefix = hex !== undefined ? "0x" : binary !== undefined ? "0b" : octal !== undefined ? "0o" : "";
  const value = BigInt(prefix + digits.replaceAll("_", ""));
  return sign === "-" ? -value : value;
}

/** Nothing when it is no number, or beyond what a float64 can be. */
function parseFloatConstant(text: GoString): number | undefined {
  const [, sign, before = "", after = "", exponent] = HEXADECIMAL.exec(text) ?? [];
  let value: number;
  if (exponent !== undefined) {
    const digits = asGoString((before + after).replaceAll("_", ""));
    if (digits === "") return undefined;
    const scale = Number(exponent) - 4 * after.replaceAll("_", "").length;
    value = Number(BigInt(`0x${digits}`)) * 2 ** scale * (sign === "-" ? -1 : 1);
  } else if (DECIMAL.test(text)) value = Number(text.replaceAll("_", ""));
  else return undefined;
  return Number.isFinite(value) ? value : undefined;
}
