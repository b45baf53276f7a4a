import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatDotenvEntry } from "./format-dotenv-entry.js";
import { parseDotenv } from "./parse-dotenv.js";
import { removeDotenvEntry } from "./remove-dotenv-entry.js";
import { setDotenvEntry } from "./set-dotenv-entry.js";

const value = fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", ""));
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,3}$/);

/** A text of entries as people write them: indented, exported, commented, with any line end. */
const dotenvText = fc
  .record({
    entries: fc.uniqueArray(
      fc.record({
        name,
        value,
        before: fc.constantFrom("", "  ", "export ", "# comment\n", "\n"),
        after: fc.constantFrom("", " ", " # comment's"),
      }),
      { selector: (entry) => entry.name, maxLength: 6 },
    ),
    prefix: fc.constantFrom("", "\uFEFF", "# head\n"),
    suffix: fc.constantFrom("", "\n", "\n# tail"),
    lineBreak: fc.constantFrom("\n", "\r\n"),
  })
  .map(({ entries, prefix, suffix, lineBreak }) => {
    const lines = entries.map(
      (entry) => entry.before + formatDotenvEntry(entry.name, entry.value) + entry.after,
    );
    return (prefix + lines.join("\n") + suffix).replaceAll("\n", lineBreak);
  });

function valuesOf(text: string): [string, string][] {
  return parseDotenv(text).map((entry) => [entry.name, entry.value]);
}

describe("editing any dotenv text", () => {
  it("set changes one value, keeps the order and every other value, and is idempotent", () => {
    fc.assert(
      fc.property(dotenvText, name, value, (text, name, value) => {
        const before = valuesOf(text);
        const expected: [string, string][] = before.some(([other]) => other === name)
          ? before.map(([other, old]) => [other, other === name ? value : old])
          : [...before, [name, value]];
        const edited = setDotenvEntry(text, name, value);
        expect(valuesOf(edited)).toEqual(expected);
        expect(setDotenvEntry(edited, name, value)).toBe(edited);
      }),
    );
  });

  it("remove takes one value away, and undoes an append", () => {
    fc.assert(
      fc.property(dotenvText, name, value, (text, name, value) => {
        const others = valuesOf(text).filter(([other]) => other !== name);
        const removed = removeDotenvEntry(text, name);
        expect(valuesOf(removed)).toEqual(others);
        const again = removeDotenvEntry(setDotenvEntry(removed, name, value), name);
        expect(again.trimEnd()).toBe(removed.trimEnd());
      }),
    );
  });
});
