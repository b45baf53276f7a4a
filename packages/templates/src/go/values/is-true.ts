import { GoInteger, GoJsonNumber, GoList, GoMap, GoNilPointer, type GoValue } from "./go-value.js";

/** Whether `if` takes a value for true: it is not the zero of its type, nor empty. */
export function isTrue(value: GoValue): boolean {
  if (value === undefined || value === null || value instanceof GoNilPointer) return false;
  if (typeof value === "boolean") return value;
  // NaN is not zero.
  if (typeof value === "number") return value !== 0;
  if (typeof value === "string") return value.length > 0;
  if (value instanceof GoInteger) return value.value !== 0n;
  if (value instanceof GoJsonNumber) return value.text.length > 0;
  if (value instanceof GoList) return value.items.length > 0;
  if (value instanceof GoMap) return value.entries.size > 0;
  return true;
}
