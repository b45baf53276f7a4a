import { goString } from "./go-string.js";
import { GoJsonNumber, GoList, GoMap, type GoValue } from "./go-value.js";

/** How deep lists and maps may be inside each other. */
export const MAX_DATA_DEPTH = 200;

/** Thrown for data that cannot be a value: too deep, or nothing that JSON has. Says nothing of the data. */
export class DataShapeError extends Error {
  override readonly name = "DataShapeError";
}

// ECMAScript 2026; the compiler's libraries for our target do not know it yet.
const { isRawJSON } = JSON as unknown as {
  readonly isRawJSON: (value: unknown) => value is { rawJSON: string };
};

/**
 * Parsed JSON as a value of Go. Only own enumerable properties are seen.
 *
 * @param numbers `json.Number` keeps a number as it is written, as Vault's client does; `float64` is what
 * `json.Unmarshal` makes of it.
 * @throws {DataShapeError} when it is deeper than {@link MAX_DATA_DEPTH}, or holds what JSON cannot.
 */
export function fromJson(data: unknown, numbers: "json.Number" | "float64", depth = 0): GoValue {
  if (depth > MAX_DATA_DEPTH) throw new DataShapeError(`is nested deeper than ${MAX_DATA_DEPTH} levels`);
  if (data === null || data === undefined) return null;
  switch (typeof data) {
    case "boolean":
      return data;
    case "string":
      return goString(data);
    case "number":
    case "bigint":
      return numbers === "float64" ? Number(data) : new GoJsonNumber(goString(String(data)));
    case "object":
      break;
    default:
      throw new DataShapeError(`holds a ${typeof data}`);
  }
  if (isRawJSON(data))
    return numbers === "float64" ? Number(data.rawJSON) : new GoJsonNumber(goString(data.rawJSON));
  const below = (each: unknown): GoValue => fromJson(each, numbers, depth + 1);
  if (Array.isArray(data)) return new GoList("interface {}", data.map(below));
  const entries = data instanceof Map ? [...data] : Object.entries(data);
  return new GoMap(
    "interface {}",
    new Map(entries.map(([key, each]) => [goString(String(key)), below(each)])),
  );
}
