import { TemplateProblem } from "../template-problem.js";
import { asGoString, goString } from "../values/go-string.js";
import { typeName } from "../values/go-type.js";
import {
  GoChannel,
  GoInteger,
  GoJsonNumber,
  GoList,
  GoMap,
  goInt,
  type GoValue,
} from "../values/go-value.js";
import { ofAny, ofMany, type GoFunctions } from "./go-function.js";

/** `index`, `slice` and `len`, which count bytes in a string. */
export const INDEX_FUNCTIONS: GoFunctions = {
  index: ofMany(1, ([item, ...indexes]) => {
    if (item === null) throw new TemplateProblem("index of nil");
    return indexes.reduce<GoValue>(indexOf, item);
  }),
  slice: ofMany(1, ([item, ...indexes]) => sliceOf(item, indexes)),
  len: ofAny(1, ([item]) => {
    const value = item instanceof GoJsonNumber ? item.text : item;
    if (typeof value === "string") return goInt(value.length);
    if (value instanceof GoList) return goInt(value.items.length);
    if (value instanceof GoMap) return goInt(value.entries.size);
    if (value instanceof GoChannel) return goInt(0);
    throw new TemplateProblem(`len of a value of type ${typeName(item)}`);
  }),
};

function indexOf(item: GoValue, index: GoValue): GoValue {
  if (item === null || item === undefined) throw new TemplateProblem("index of nil");
  if (item instanceof GoMap) {
    if (typeof index !== "string")
      throw new TemplateProblem(`a map is indexed with a string, and not with ${typeName(index)}`);
    if (item.entries.has(index)) return item.entries.get(index);
    return item.element === "string" ? goString("") : null;
  }
  const value = item instanceof GoJsonNumber ? item.text : item;
  if (typeof value === "string") {
    const at = offsetOf(index, value.length);
    if (at === value.length) throw outOfRange();
    return new GoInteger("uint8", BigInt(value.charCodeAt(at)));
  }
  if (!(value instanceof GoList))
    throw new TemplateProblem(`a value of type ${typeName(item)} cannot be indexed`);
  const at = offsetOf(index, value.items.length);
  if (at === value.items.length) throw outOfRange();
  return value.items[at];
}

function sliceOf(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (item === null || item === undefined) throw new TemplateProblem("slice of nil");
  if (indexes.length > 3) throw new TemplateProblem("slice takes three indexes at most");
  const value = item instanceof GoJsonNumber ? item.text : item;
  if (typeof value !== "string" && !(value instanceof GoList))
    throw new TemplateProblem(`a value of type ${typeName(item)} cannot be sliced`);
  if (typeof value === "string" && indexes.length === 3)
    throw new TemplateProblem("a string is sliced with two indexes at most");
  const length = typeof value === "string" ? value.length : value.items.length;
  const [from = 0, to = length, most = length] = indexes.map((index) => offsetOf(index, length));
  if (from > to || to > most) throw new TemplateProblem("the indexes of a slice are not in order");
  if (value instanceof GoList) return new GoList(value.element, value.items.slice(from, to));
  const part = asGoString(value.slice(from, to));
  return item instanceof GoJsonNumber ? new GoJsonNumber(part) : part;
}

function offsetOf(index: GoValue, length: number): number {
  if (!(index instanceof GoInteger))
    throw new TemplateProblem(`an index is an integer, and not of type ${typeName(index)}`);
  if (index.value < 0n || index.value > BigInt(length)) throw outOfRange();
  return Number(index.value);
}

function outOfRange(): TemplateProblem {
  return new TemplateProblem("index out of range");
}
