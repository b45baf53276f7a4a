import * as fc from "fast-check";
import type { GoldenCase } from "./golden-case.js";

/** What templates are made of: delimiters, strings, words, spaces and signs. */
export function piecesOf(cases: readonly GoldenCase[]): string[] {
  return cases.flatMap(({ template }) => template.match(/\{\{|\}\}|"[^"]*"|`[^`]*`|[\w.$]+|\s+|./gsu) ?? []);
}

/** Templates of cases with something taken out and something else put in. */
export function changedTemplate(cases: readonly GoldenCase[]): fc.Arbitrary<string> {
  const pieces = piecesOf(cases);
  return fc
    .record({
      each: fc.constantFrom(...cases),
      at: fc.nat(400),
      removed: fc.nat(8),
      added: fc.array(fc.constantFrom(...pieces), { maxLength: 4 }),
    })
    .map(({ each: { template }, at, removed, added }) => {
      const offset = at % (template.length + 1);
      return template.slice(0, offset) + added.join(" ") + template.slice(offset + removed);
    });
}
