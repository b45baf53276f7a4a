import { TemplateProblem } from "../template-problem.js";
import { kindOf, typeName, type GoKind } from "../values/go-type.js";
import { GoInteger, GoJsonNumber, type GoValue } from "../values/go-value.js";
import { ofAny, ofMany, type GoFunctions } from "./go-function.js";

const BASIC: ReadonlySet<GoKind> = new Set(["bool", "int", "uint", "float", "string"] as const);

/** `eq`, `ne`, `lt`, `le`, `gt`, `ge`. Integers compare whatever their types; nothing else does. */
export const COMPARISON_FUNCTIONS: GoFunctions = {
  eq: ofMany(1, ([first, ...others]) => {
    if (others.length === 0) throw new TemplateProblem("eq has nothing to compare with");
    return others.some((other) => areEqual(first, other));
  }),
  ne: ofAny(2, ([a, b]) => !areEqual(a, b)),
  lt: ofAny(2, ([a, b]) => isLess(a, b)),
  le: ofAny(2, ([a, b]) => isLess(a, b) || areEqual(a, b)),
  gt: ofAny(2, ([a, b]) => !(isLess(a, b) || areEqual(a, b))),
  ge: ofAny(2, ([a, b]) => !isLess(a, b)),
};

function areEqual(a: GoValue, b: GoValue): boolean {
  const kinds = [basicKind(a), basicKind(b)];
  if (kinds[0] !== kinds[1]) {
    if (isNil(a) || isNil(b)) return false;
    throw incompatible(a, b);
  }
  if (kinds[0] !== undefined) return plain(a) === plain(b);
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  throw new TemplateProblem(`values of type ${typeName(a)} cannot be compared`);
}

function isLess(a: GoValue, b: GoValue): boolean {
  const kind = basicKind(a);
  for (const each of [a, b])
    if (basicKind(each) === undefined) throw new TemplateProblem(`a ${typeName(each)} has no order`);
  if (kind !== basicKind(b)) throw incompatible(a, b);
  if (kind === "bool") throw new TemplateProblem("a bool has no order");
  return (plain(a) as string) < (plain(b) as string);
}

/** Both sorts of integers are one. */
function basicKind(value: GoValue): GoKind | undefined {
  const kind = kindOf(value);
  if (!BASIC.has(kind)) return undefined;
  return kind === "uint" ? "int" : kind;
}

function plain(value: GoValue): unknown {
  if (value instanceof GoInteger) return value.value;
  return value instanceof GoJsonNumber ? value.text : value;
}

function isNil(value: GoValue): boolean {
  return ["nil", "pointer"].includes(kindOf(value));
}

function incompatible(a: GoValue, b: GoValue): TemplateProblem {
  return new TemplateProblem(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}
