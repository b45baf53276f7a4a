import { TemplateProblem } from "../template-problem.js";
import { goString, textOf, type GoString } from "../values/go-string.js";
import { typeName } from "../values/go-type.js";
import { GoMap, GoNilPointer, GoStruct, type GoValue } from "../values/go-value.js";
import type { MissingKey } from "./run.js";

/** The field of a struct or the entry of a map. Nothing else has fields, and nothing has methods. */
export function evaluateField(receiver: GoValue, name: GoString, missingKey: MissingKey): GoValue {
  const field = JSON.stringify(textOf(name));
  if (receiver === undefined) {
    if (missingKey !== "error") return undefined;
    throw new TemplateProblem(`there is no data to take ${field} of`, REMEDY);
  }
  if (receiver === null) throw new TemplateProblem(`${field} is taken of nil`, REMEDY);
  if (receiver instanceof GoNilPointer)
    throw new TemplateProblem(`${field} is taken of a nil ${receiver.type}`);
  if (receiver instanceof GoStruct && receiver.itself === name) return receiver;
  if (receiver instanceof GoStruct && receiver.fields.has(textOf(name)))
    return receiver.fields.get(textOf(name));
  if (!(receiver instanceof GoMap))
    throw new TemplateProblem(`there is no field ${field} in a value of type ${typeName(receiver)}`);
  if (receiver.entries.has(name)) return receiver.entries.get(name);
  if (missingKey === "error") throw new TemplateProblem(`the map has no entry for key ${field}`, REMEDY);
  if (missingKey === "default") return undefined;
  return receiver.element === "string" ? goString("") : null;
}

const REMEDY = "Correct the key, or read it inside {{ with }}";
