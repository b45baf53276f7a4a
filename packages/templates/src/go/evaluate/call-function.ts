import type { GoFunction, ParameterType } from "../functions/go-function.js";
import type { Operand } from "../syntax/node.js";
import { TemplateProblem } from "../template-problem.js";
import { typeName } from "../values/go-type.js";
import { isTrue } from "../values/is-true.js";
import { GoInteger, type GoValue } from "../values/go-value.js";
import type { Run } from "./run.js";

/** Stands for an argument that no pipeline gives. */
export const NO_VALUE: unique symbol = Symbol("no value");

/** The value that a pipeline hands to its next command. */
export type Final = GoValue | typeof NO_VALUE;

/** Checks the arguments as Go would, and calls. Of `and` and `or` only those are evaluated that decide. */
export function callFunction(
  name: string,
  { parameters, rest, call, shortCircuit }: GoFunction,
  words: readonly Operand[],
  final: Final,
  run: Run,
  evaluate: (word: Operand, type: ParameterType) => GoValue,
): GoValue {
  const count = words.length + (final === NO_VALUE ? 0 : 1);
  const least = parameters.length;
  if (count < least || (rest === undefined && count > least)) {
    const wanted = `${rest === undefined ? "" : "at least "}${least}`;
    throw new TemplateProblem(
      `wrong number of arguments for ${name}: it takes ${wanted}, and is given ${count}`,
    );
  }
  const typeAt = (index: number): ParameterType => parameters[index] ?? rest ?? "any";
  if (shortCircuit !== undefined) {
    let value: GoValue;
    for (const word of words) {
      value = evaluate(word, "any");
      if (isTrue(value) === shortCircuit) return value;
    }
    return final === NO_VALUE ? value : final;
  }
  const args = words.map((word, index) => checkArgument(evaluate(word, typeAt(index)), typeAt(index), name));
  if (final !== NO_VALUE) args.push(checkArgument(final, typeAt(args.length), name));
  // Hardly a function takes its time without a long string.
  run.meter.step(args.reduce<number>((sum, arg) => sum + (typeof arg === "string" ? arg.length >> 8 : 0), 0));
  return call(args, run);
}

/** What a value is as an argument of this type. */
function checkArgument(value: GoValue, type: ParameterType, name: string): GoValue {
  if (type === "any") return value ?? null;
  if (isOfType(value, type)) return value;
  // A nil that came through a pipeline is the nil of the list or map; one that a map holds is not.
  if (value === undefined && type !== "string" && type !== "int") return undefined;
  const got = value === undefined ? "no value" : value === null ? "nil" : typeName(value);
  throw new TemplateProblem(`wrong type for ${name}: it takes ${type}, and is given ${got}`);
}

function isOfType(value: GoValue, type: ParameterType): boolean {
  if (type === "int") return value instanceof GoInteger && value.type === "int";
  return typeName(value) === type;
}
