import { stringify } from "smol-toml";
import type { Meter } from "../meter.js";
import { TemplateProblem } from "../template-problem.js";
import { goString, type GoString } from "../values/go-string.js";
import { GoMap, GoStruct, type GoValue } from "../values/go-value.js";
import { toPlain, type Plain } from "./to-plain.js";

/** A map as TOML. Tables are not indented, and a nil entry is left out. */
export function formatToml(value: GoValue, meter: Meter): GoString {
  if (!(value instanceof GoMap) && !(value instanceof GoStruct))
    throw new TemplateProblem("only a map can be written as TOML");
  const plain = toPlain(value, "TOML", (a, b) => (goString(a) < goString(b) ? -1 : 1), meter);
  let written: string;
  try {
    written = stringify(asObject(plain), { numbersAsFloat: true });
  } catch {
    // What the library says may quote a value.
    throw new TemplateProblem("a value has no form in TOML", "A list may not hold nil");
  }
  const result = goString(written.trim());
  meter.bytes(result.length);
  return result;
}

function asObject(plain: Plain): unknown {
  if (Array.isArray(plain)) return plain.map(asObject);
  if (!(plain instanceof Map)) return plain;
  const entries = [...plain].filter(([, each]) => each !== null).map(([key, each]) => [key, asObject(each)]);
  // Without a prototype `__proto__` is a key like any other.
  return Object.assign(Object.create(null) as object, Object.fromEntries(entries as [string, unknown][]));
}
