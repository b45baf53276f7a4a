import type { Run } from "../evaluate/run.js";
import type { GoString } from "../values/go-string.js";
import type { GoList, GoMap, GoValue } from "../values/go-value.js";

/** The types that parameters of functions have. */
export type ParameterType =
  | "any"
  | "int"
  | "string"
  | "[]string"
  | "[]interface {}"
  | "map[string]interface {}";

/** A function of templates. Its arguments are of its parameters' types when it is called. */
export interface GoFunction {
  readonly parameters: readonly ParameterType[];
  /** The type of any further arguments. */
  readonly rest?: ParameterType;
  readonly call: (args: readonly GoValue[], run: Run) => GoValue;
  /** Arguments are evaluated up to the first that is this, which is then the result. */
  readonly shortCircuit?: boolean;
}

/** Functions by name. */
export type GoFunctions = Readonly<Record<string, GoFunction>>;

/** A function of strings; an argument that is not there is the empty string. */
export function ofStrings(
  count: 1 | 2 | 3,
  call: (strings: [GoString, GoString, GoString], run: Run) => GoValue,
): GoFunction {
  return {
    parameters: Array.from({ length: count }, () => "string" as const),
    call: (args, run) => call(args as [GoString, GoString, GoString], run),
  };
}

/** A function of values of any type. */
export function ofAny(count: number, call: (args: readonly GoValue[], run: Run) => GoValue): GoFunction {
  return { parameters: Array.from({ length: count }, () => "any" as const), call };
}

/** A function of so many values of any type and any number more. */
export function ofMany(count: number, call: (args: readonly GoValue[], run: Run) => GoValue): GoFunction {
  return { ...ofAny(count, call), rest: "any" };
}

/** A checked argument, by its type. */
export function stringAt(args: readonly GoValue[], index: number): GoString {
  return args[index] as GoString;
}

/** A checked argument; nil is the empty list. */
export function itemsAt(args: readonly GoValue[], index: number): readonly GoValue[] {
  return (args[index] as GoList | undefined)?.items ?? [];
}

/** A checked argument; nil is the empty map. */
export function entriesAt(args: readonly GoValue[], index: number): ReadonlyMap<GoString, GoValue> {
  return (args[index] as GoMap | undefined)?.entries ?? new Map<GoString, GoValue>();
}
