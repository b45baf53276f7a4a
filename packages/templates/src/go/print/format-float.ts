/** Exactly what a float64 is: `mantissa * 2 ** exponent`. */
function parts(value: number): { readonly mantissa: bigint; readonly exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return exponent === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: exponent - 1075 };
}

/** `value * 10 ** scale` as an integer, rounded half to even, as Go does and `toFixed` does not. */
function scaled(value: number, scale: number): bigint {
  const { mantissa, exponent } = parts(value);
  let numerator = mantissa;
  let denominator = 1n;
  if (exponent > 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (scale > 0) numerator *= 10n ** BigInt(scale);
  else denominator *= 10n ** BigInt(-scale);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  return twice > denominator || (twice === denominator && quotient % 2n === 1n) ? quotient + 1n : quotient;
}

interface Decimal {
  /** Digits without a point; the first is not zero unless the value is. */
  readonly digits: string;
  /** The value is `0.DIGITS * 10 ** point`. */
  readonly point: number;
}

function shortest(value: number): Decimal {
  const [mantissa = "", exponent = ""] = value.toExponential().split("e");
  return { digits: mantissa.replace(".", ""), point: value === 0 ? 1 : Number(exponent) + 1 };
}

/** The value to so many significant digits. */
function significant(value: number, count: number): Decimal {
  if (value === 0) return { digits: "0".repeat(count), point: 1 };
  let { point } = shortest(value);
  let digits = scaled(value, count - point).toString();
  // The shortest digits may have been rounded up to a power of ten that the value does not reach.
  if (digits.length < count) digits = scaled(value, count - (point -= 1)).toString();
  if (digits.length > count) point += 1;
  return { digits: digits.slice(0, count), point };
}

function exponential({ digits, point }: Decimal, isZero: boolean): string {
  const exponent = isZero ? 0 : point - 1;
  const rest = digits.length > 1 ? `.${digits.slice(1)}` : "";
  const sign = exponent < 0 ? "-" : "+";
  return `${digits.charAt(0)}${rest}e${sign}${Math.abs(exponent).toString().padStart(2, "0")}`;
}

function positional({ digits, point }: Decimal): string {
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return digits.padEnd(point, "0");
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * A float64 as Go writes it (`strconv.FormatFloat`), without sign, and not of NaN or infinity.
 *
 * @param precision Digits after the point, or for `g` significant digits; -1 is as few as are exact.
 */
export function formatFloat(value: number, format: "e" | "f" | "g", precision: number): string {
  const isZero = value === 0;
  if (format === "f") {
    if (precision < 0) return positional(shortest(value));
    const digits = scaled(value, precision)
      .toString()
      .padStart(precision + 1, "0");
    return precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
  }
  if (format === "e")
    return exponential(precision < 0 ? shortest(value) : significant(value, precision + 1), isZero);
  const count = precision === 0 ? 1 : precision;
  const decimal = precision < 0 ? shortest(value) : significant(value, count);
  const digits = decimal.digits.replace(/0+$/, "") || "0";
  const { point } = decimal;
  // Beyond this exponent it is written with one.
  let limit = precision < 0 ? 6 : count;
  if (precision >= 0 && limit > digits.length && digits.length >= point) limit = digits.length;
  const exponent = isZero ? 0 : point - 1;
  return exponent < -4 || exponent >= limit
    ? exponential({ digits, point }, isZero)
    : positional({ digits, point });
}
