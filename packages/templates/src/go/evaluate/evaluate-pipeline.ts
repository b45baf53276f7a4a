import { functionNamed } from "../functions/function-table.js";
import type { ParameterType } from "../functions/go-function.js";
import type { Command, NumberOperand, Operand, Pipeline } from "../syntax/node.js";
import { TemplateProblem } from "../template-problem.js";
import type { GoString } from "../values/go-string.js";
import { goInt, type GoValue } from "../values/go-value.js";
import { callFunction, NO_VALUE, type Final } from "./call-function.js";
import { evaluateField } from "./evaluate-field.js";
import type { Run } from "./run.js";
import type { Scope } from "./scope.js";

/** Where an expression is evaluated. */
export interface Place {
  readonly run: Run;
  readonly scope: Scope;
  readonly dot: GoValue;
}

/** The value of a pipeline; declares or assigns its variables. */
export function evaluatePipeline(pipe: Pipeline, place: Place): GoValue {
  const { meter } = place.run;
  meter.enter();
  let final: Final = NO_VALUE;
  for (const command of pipe.commands)
    // A nil that a map holds is no value any more.
    final = evaluateCommand(command, place, final) ?? undefined;
  meter.leave();
  const value = final === NO_VALUE ? undefined : final;
  // A range with two variables declares both, and sets them itself.
  for (const name of pipe.variables)
    if (pipe.assigns) place.scope.assign(name, value);
    else place.scope.declare(name, value);
  return value;
}

function evaluateCommand({ words, offset }: Command, place: Place, final: Final): GoValue {
  place.run.meter.step();
  const [first, ...rest] = words;
  return located(first.offset, () => {
    if (first.type === "identifier")
      return callFunction(first.name, functionNamed(first.name), rest, final, place.run, (word, type) =>
        evaluateArgument(word, type, place),
      );
    if (rest.length > 0 || final !== NO_VALUE) {
      // Of no value even a call is no value.
      if (place.run.missingKey !== "error" && isFieldOfNothing(first, place)) return undefined;
      throw new TemplateProblem("an argument is given to what is no function", undefined, offset);
    }
    if (first.type === "nil") throw new TemplateProblem("nil is not a command");
    return evaluateOperand(first, place);
  });
}

function evaluateArgument(word: Operand, type: ParameterType, place: Place): GoValue {
  return located(word.offset, () => {
    const isAny = type === "any";
    switch (word.type) {
      case "nil":
        if (type === "string" || type === "int") throw new TemplateProblem(`nil is given for ${type}`);
        return undefined;
      case "number":
        if (type !== "int") break;
        if (word.int === undefined) throw new TemplateProblem("an integer is expected");
        return goInt(word.int);
      case "bool":
      case "string":
        if (!isAny && type !== word.type)
          throw new TemplateProblem(`${type} is expected, and a ${word.type} is given`);
        break;
      default:
    }
    if (word.type === "number" && !isAny)
      throw new TemplateProblem(`${type} is expected, and a number is given`);
    return evaluateOperand(word, place);
  });
}

function evaluateOperand(word: Operand, place: Place): GoValue {
  switch (word.type) {
    case "bool":
    case "string":
      return word.value;
    case "number":
      return constant(word);
    case "dot":
      return place.dot;
    case "nil":
      return undefined;
    case "pipe":
      return evaluatePipeline(word, place);
    case "identifier":
      return evaluateCommand({ offset: word.offset, words: [word] }, place, NO_VALUE);
    case "field":
      return fieldsOf(place.dot, word.names, place);
    case "variable":
      return fieldsOf(place.scope.get(word.variable), word.names, place);
    case "chain":
      return fieldsOf(evaluateOperand(word.of, place), word.names, place);
  }
}

function isFieldOfNothing(word: Operand, place: Place): boolean {
  if (!("names" in word) || word.names.length === 0) return false;
  return evaluateOperand({ ...word, names: word.names.slice(0, -1) }, place) === undefined;
}

function fieldsOf(receiver: GoValue, names: readonly GoString[], { run }: Place): GoValue {
  let value = receiver;
  for (const name of names) {
    run.meter.step();
    value = evaluateField(value, name, run.missingKey);
  }
  return value;
}

/** How a number is written says its type. */
function constant({ text, int, float }: NumberOperand): GoValue {
  const isHex = /^[-+]?0[xX]/.test(text) && !/[pP]/.test(text);
  if (float !== undefined && !isHex && !text.startsWith("'") && /[.eEpP]/.test(text)) return float;
  if (int === undefined) throw new TemplateProblem("the number overflows int");
  return goInt(int);
}

/** Says of a problem where it is, unless it is known. */
export function located<T>(offset: number, evaluate: () => T): T {
  try {
    return evaluate();
  } catch (thrown) {
    if (thrown instanceof TemplateProblem && thrown.offset === undefined)
      throw new TemplateProblem(thrown.problem, thrown.remedy, offset);
    throw thrown;
  }
}
