import { ReferenceSyntaxError } from "../errors/reference-syntax-error.js";
import type { PlannedText } from "../plan/injection-plan.js";
import { parsePlannedText } from "../plan/plan-references.js";
import {
  type Dialect,
  type DialectProblem,
  isProblem,
  type Scope,
  type VariableReading,
  type WrittenVariable,
} from "./dialect.js";

/**
 * What a text stands for by the first dialect that knows it; nothing where it is plain. What that dialect takes for plain
 * text, and another one for a reference, is a problem: it would stay as it is written.
 */
export function readWritten(
  variable: WrittenVariable,
  dialects: readonly Dialect[],
  scope: Scope,
): VariableReading | undefined {
  for (const dialect of dialects) {
    const reading = dialect.readVariable(variable, scope);
    if (reading === undefined) continue;
    if (isProblem(reading)) return reading;
    const others = dialects.filter((other) => other !== dialect);
    return isMixed(variable, reading.text, others, scope) ? mixedNotations(variable.name) : reading;
  }
  return undefined;
}

/** Inside of texts references have braces in every notation. */
function isMixed(
  variable: WrittenVariable,
  read: PlannedText,
  others: readonly Dialect[],
  scope: Scope,
): boolean {
  return literalsOf(read)
    .filter((text) => text.includes("${"))
    .some((text) => others.some((other) => other.readVariable({ ...variable, text }, scope) !== undefined));
}

function literalsOf(text: PlannedText): readonly string[] {
  try {
    return parsePlannedText(text).filter((part) => typeof part === "string");
  } catch (thrown) {
    // Told of when it is planned.
    if (ReferenceSyntaxError.isInstance(thrown)) return [];
    throw thrown;
  }
}

function mixedNotations(name: string): DialectProblem {
  return {
    problem: `Variable ${name} has references of two notations in one text`,
    remedy: "Write both as ${secret://STORE/PATH}",
  };
}
