import { TemplateProblem } from "../template-problem.js";
import { MAX_DATA_DEPTH } from "../values/from-json.js";
import { asGoString, type GoString } from "../values/go-string.js";
import { typeName } from "../values/go-type.js";
import { GoChannel, GoInteger, GoJsonNumber, GoList, GoMap, type GoValue } from "../values/go-value.js";
import { isTrue } from "../values/is-true.js";
import type { Meter } from "../meter.js";
import { entriesAt, itemsAt, ofAny, ofMany, type GoFunction, type GoFunctions } from "./go-function.js";
import { parseInteger } from "./parsing.js";

/** Functions of lists and maps. */
export const COLLECTION_FUNCTIONS: GoFunctions = {
  contains: ofAny(2, ([value, list], { meter }) => isIn(list, value, meter)),
  in: ofAny(2, ([list, value], { meter }) => isIn(list, value, meter)),
  containsAll: containsSome((found) => found.every(Boolean)),
  containsAny: containsSome((found) => found.some(Boolean)),
  containsNone: containsSome((found) => !found.some(Boolean)),
  containsNotAll: containsSome((found) => !found.every(Boolean)),
  loop: ofMany(1, (args) => {
    if (args.length > 2) throw new TemplateProblem("loop takes one or two numbers");
    const [first, second] = args.map(loopNumber);
    return new GoChannel(second === undefined ? 0n : (first ?? 0n), second ?? first ?? 0n);
  }),
  explodeMap: {
    parameters: ["map[string]interface {}"],
    call: (args, { meter }) => explodeMap(new GoMap("interface {}", entriesAt(args, 0)), meter),
  },
  mergeMap: {
    parameters: ["map[string]interface {}", "map[string]interface {}"],
    call: (args, { meter }) => merge(entriesAt(args, 0), entriesAt(args, 1), false, meter),
  },
  mergeMapWithOverride: {
    parameters: ["map[string]interface {}", "map[string]interface {}"],
    call: (args, { meter }) => merge(entriesAt(args, 0), entriesAt(args, 1), true, meter),
  },
};

function containsSome(decide: (found: readonly boolean[]) => boolean): GoFunction {
  return {
    parameters: ["[]interface {}", "any"],
    call: (args, { meter }) => decide(itemsAt(args, 0).map((value) => isIn(args[1], value, meter))),
  };
}

/** Whether a list has a value, or a string a part. Values of different types are never the same. */
function isIn(list: GoValue, value: GoValue, meter: Meter): boolean {
  if (typeof list === "string" || list instanceof GoJsonNumber) {
    meter.step(1 + Math.floor(plainText(list).length / 256));
    return typeName(list) === typeName(value) && plainText(list).includes(plainText(value));
  }
  if (!(list instanceof GoList)) return false;
  meter.step(list.items.length);
  return list.items.some((item) => {
    if (item instanceof GoInteger)
      return value instanceof GoInteger && item.isSigned && value.isSigned && item.value === value.value;
    if (typeof item === "number") return item === value;
    if (typeof item !== "string" && !(item instanceof GoJsonNumber)) return false;
    return typeName(item) === typeName(value) && plainText(item) === plainText(value);
  });
}

function plainText(value: GoValue): string {
  return value instanceof GoJsonNumber ? value.text : (value as GoString);
}

function loopNumber(value: GoValue): bigint {
  if (value instanceof GoInteger) return BigInt.asIntN(64, value.value);
  if (typeof value === "string" || value instanceof GoJsonNumber)
    return parseInteger(asGoString(plainText(value)), "loop", /^[-+]?\d+$/);
  throw new TemplateProblem(`loop takes integers, and is given ${typeName(value)}`);
}

/** `a/b` becomes the entry `b` of the map `a`. */
function explodeMap(map: GoMap, meter: Meter): GoMap {
  const root = new Map<GoString, GoValue>();
  for (const [key, value] of map.sorted()) {
    meter.step();
    const parts = key.split("/").map(asGoString);
    if (parts.length > MAX_DATA_DEPTH)
      throw new TemplateProblem(`a key has more than ${MAX_DATA_DEPTH} parts`);
    const last = parts.pop();
    let entries = root;
    for (const part of parts) {
      let below = entries.get(part);
      if (below === undefined) {
        below = new GoMap("interface {}", new Map());
        entries.set(part, below);
      }
      if (!(below instanceof GoMap))
        throw new TemplateProblem("a key of explodeMap is below another that has a value");
      // A map of the argument stays what it is.
      const copy = new Map(below.entries);
      entries.set(part, new GoMap("interface {}", copy));
      entries = copy;
    }
    if (last !== undefined && last !== "") entries.set(last, value);
  }
  return new GoMap("interface {}", root);
}

/** Maps in both are merged; of other values, that of the first map stays unless it is empty, or the second is to win. */
function merge(
  into: ReadonlyMap<GoString, GoValue>,
  from: ReadonlyMap<GoString, GoValue>,
  overrides: boolean,
  meter: Meter,
): GoMap {
  const merged = new Map(into);
  for (const [key, value] of from) {
    meter.step();
    const known = merged.get(key);
    if (known instanceof GoMap && value instanceof GoMap)
      merged.set(key, merge(known.entries, value.entries, overrides, meter));
    else if (overrides || !merged.has(key) || (isTrue(value) && !isTrue(known))) merged.set(key, value);
  }
  return new GoMap("interface {}", merged);
}
