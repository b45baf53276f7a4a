import { TemplateProblem } from "../template-problem.js";
import { typeName } from "../values/go-type.js";
import { GoInteger, type GoIntegerType, type GoValue } from "../values/go-value.js";
import { ofAny, type GoFunction, type GoFunctions } from "./go-function.js";

interface Operation {
  readonly integers: (a: bigint, b: bigint) => bigint;
  readonly floats?: (a: number, b: number) => number;
}

/** Arithmetic on the second argument with the first: `{{ 10 | subtract 3 }}` is 7. */
export const MATH_FUNCTIONS: GoFunctions = {
  add: operation("add", { integers: (a, b) => a + b, floats: (a, b) => a + b }),
  subtract: operation("subtract", { integers: (a, b) => a - b, floats: (a, b) => a - b }),
  multiply: operation("multiply", { integers: (a, b) => a * b, floats: (a, b) => a * b }),
  divide: operation("divide", { integers: (a, b) => a / nonZero(b), floats: (a, b) => a / b }),
  modulo: operation("modulo", { integers: (a, b) => a % nonZero(b) }),
  minimum: ofAny(2, ([b, a]) => choose("minimum", a, b, (x, y) => x < y)),
  maximum: ofAny(2, ([b, a]) => choose("maximum", a, b, (x, y) => x > y)),
};

function operation(name: string, { integers, floats }: Operation): GoFunction {
  return ofAny(2, ([b, a]) => {
    const [left, right] = [checked(name, a), checked(name, b)];
    if (left instanceof GoInteger && right instanceof GoInteger)
      return new GoInteger(commonType(left, right), integers(left.value, right.value));
    if (floats === undefined) throw new TemplateProblem(`${name} takes integers only`);
    return floats(toNumber(left), toNumber(right));
  });
}

/** The one or the other with its own type, but an int64 for an int. */
function choose(name: string, a: GoValue, b: GoValue, isFirst: (a: number, b: number) => boolean): GoValue {
  const [left, right] = [checked(name, a), checked(name, b)];
  let takesFirst: boolean;
  if (left instanceof GoInteger && right instanceof GoInteger) {
    const bothUnsigned = !left.isSigned && !right.isSigned;
    const wrap = (each: GoInteger): bigint => (bothUnsigned ? each.value : BigInt.asIntN(64, each.value));
    const order = wrap(left) < wrap(right) ? -1 : wrap(left) > wrap(right) ? 1 : 0;
    takesFirst = isFirst(order, 0);
  } else takesFirst = isFirst(toNumber(left), toNumber(right));
  const chosen = takesFirst ? left : right;
  return chosen instanceof GoInteger
    ? new GoInteger(chosen.isSigned ? "int64" : "uint64", chosen.value)
    : chosen;
}

function checked(name: string, value: GoValue): GoInteger | number {
  if (value instanceof GoInteger || typeof value === "number") return value;
  throw new TemplateProblem(
    `${name} takes numbers, and is given ${typeName(value)}`,
    "Parse it with parseInt",
  );
}

function commonType(a: GoInteger, b: GoInteger): GoIntegerType {
  return a.isSigned || b.isSigned ? "int64" : "uint64";
}

function toNumber(value: GoInteger | number): number {
  return typeof value === "number" ? value : Number(value.value);
}

function nonZero(value: bigint): bigint {
  if (value === 0n) throw new TemplateProblem("division by zero");
  return value;
}
