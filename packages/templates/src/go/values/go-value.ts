import type { GoString } from "./go-string.js";

/**
 * A value of Go in a template. `undefined` is no value at all, `null` a nil that a list or map holds; a number is a
 * float64. Nothing here is an object of the caller's: there is no prototype to reach.
 */
export type GoValue =
  | undefined
  | null
  | boolean
  | number
  | GoString
  | GoInteger
  | GoJsonNumber
  | GoList
  | GoMap
  | GoStruct
  | GoNilPointer
  | GoChannel;

/** The integer types that values of a template can have. */
export type GoIntegerType = "int" | "int64" | "uint8" | "uint64";

/** An integer of Go, wrapped to its type. */
export class GoInteger {
  readonly value: bigint;

  constructor(
    readonly type: GoIntegerType,
    value: bigint,
  ) {
    const bits = type === "uint8" ? 8 : 64;
    this.value = type.startsWith("u") ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
  }

  get isSigned(): boolean {
    return !this.type.startsWith("u");
  }
}

/** A number of a JSON answer as it was written there: a string of its own type in Go (`json.Number`). */
export class GoJsonNumber {
  constructor(readonly text: GoString) {}
}

/** A slice; `isNil` is the slice that was never made, which JSON writes as null. */
export class GoList {
  constructor(
    readonly element: "interface {}" | "string",
    readonly items: readonly GoValue[],
    readonly isNil: boolean = false,
  ) {}
}

/** A map with keys of strings. */
export class GoMap {
  constructor(
    readonly element: "interface {}" | "string",
    readonly entries: ReadonlyMap<GoString, GoValue>,
  ) {}

  /** Entries in the order of their keys' bytes, in which Go walks and prints a map. */
  sorted(): [GoString, GoValue][] {
    return [...this.entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }
}

/** A struct, or a pointer to one, with its exported fields in order. */
export class GoStruct {
  constructor(
    readonly type: string,
    readonly isPointer: boolean,
    readonly fields: ReadonlyMap<string, GoValue>,
    /** A method that gives the struct itself. */
    readonly itself?: string,
  ) {}
}

/** A nil pointer to a struct. */
export class GoNilPointer {
  constructor(readonly type: string) {}
}

/** The channel of int64 that `loop` gives: it can be walked through once. */
export class GoChannel {
  #next: bigint;

  constructor(
    start: bigint,
    readonly stop: bigint,
  ) {
    this.#next = start;
  }

  /** The next number, or nothing at the end. */
  receive(): GoInteger | undefined {
    if (this.#next >= this.stop) return undefined;
    const value = new GoInteger("int64", this.#next);
    this.#next += 1n;
    return value;
  }
}

/** An `int`. */
export function goInt(value: number | bigint): GoInteger {
  return new GoInteger("int", BigInt(value));
}
