import {
  GoChannel,
  GoInteger,
  GoJsonNumber,
  GoList,
  GoMap,
  GoNilPointer,
  GoStruct,
  type GoValue,
} from "./go-value.js";

/** The kinds of values that Go tells apart when it compares, counts and prints. */
export type GoKind =
  | "nil"
  | "bool"
  | "int"
  | "uint"
  | "float"
  | "string"
  | "slice"
  | "map"
  | "struct"
  | "pointer"
  | "chan";

/** The kind of a value; a pointer to a struct counts as the struct. */
export function kindOf(value: GoValue): GoKind {
  if (value === undefined || value === null) return "nil";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return "float";
  if (typeof value === "string" || value instanceof GoJsonNumber) return "string";
  if (value instanceof GoInteger) return value.isSigned ? "int" : "uint";
  if (value instanceof GoList) return "slice";
  if (value instanceof GoMap) return "map";
  if (value instanceof GoStruct) return "struct";
  return value instanceof GoNilPointer ? "pointer" : "chan";
}

/** The name Go has for a value's type. */
export function typeName(value: GoValue): string {
  if (value === undefined || value === null) return "nil";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return "float64";
  if (typeof value === "string") return "string";
  if (value instanceof GoInteger) return value.type;
  if (value instanceof GoJsonNumber) return "json.Number";
  if (value instanceof GoList) return `[]${value.element}`;
  if (value instanceof GoMap) return `map[string]${value.element}`;
  if (value instanceof GoStruct) return `${value.isPointer ? "*" : ""}${value.type}`;
  if (value instanceof GoChannel) return "<-chan int64";
  return `*${value.type}`;
}
