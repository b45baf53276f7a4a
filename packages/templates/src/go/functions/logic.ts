import { isTrue } from "../values/is-true.js";
import { ofAny, ofMany, type GoFunctions } from "./go-function.js";

/** `and`, `or` and `not`. */
export const LOGIC_FUNCTIONS: GoFunctions = {
  and: { ...ofMany(1, ([first]) => first), shortCircuit: false },
  or: { ...ofMany(1, ([first]) => first), shortCircuit: true },
  not: ofAny(1, ([value]) => !isTrue(value)),
};
