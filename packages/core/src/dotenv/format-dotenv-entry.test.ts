import { spawnSync } from "node:child_process";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { SecretValueError } from "../errors/secret-value-error.js";
import { formatDotenvEntry } from "./format-dotenv-entry.js";
import { parseDotenv } from "./parse-dotenv.js";

/** Characters and runs of them that some reader gives a meaning to. */
const SPECIALS = [
  "'",
  '"',
  "`",
  "\\",
  "$",
  "#",
  "=",
  " ",
  "\n",
  "\r",
  "\t",
  "~",
  "!",
  "&",
  ";",
  "*",
  "${A}",
  "\\n",
];

const awkward = fc
  .array(fc.oneof(fc.constantFrom(...SPECIALS), fc.string({ unit: "binary" })), { maxLength: 12 })
  .map((parts) => parts.join("").replaceAll("\0", ""));

describe("formatDotenvEntry", () => {
  it.each([
    ["", "A="],
    ["simple", "A=simple"],
    ["postgres://u:p@h:5432/d?x=1", "A='postgres://u:p@h:5432/d?x=1'"],
    ["QUJD+/==", "A=QUJD+/=="],
    ["~", "A='~'"],
    [" a ", "A=' a '"],
    ["a # b", "A='a # b'"],
    ['say "hi" to `$x`', "A='say \"hi\" to `$x`'"],
    ["C:\\temp\\", "A='C:\\temp\\'"],
    ["one\ntwo\n", "A='one\ntwo\n'"],
    ["it's", 'A="it\'s"'],
    ['it\'s "$5" `\\`', 'A="it\'s \\"\\$5\\" \\`\\\\\\`"'],
    ["it's\ntwo", 'A="it\'s\ntwo"'],
    ["a\r\nb", 'A="a\\r\nb"'],
    ["\uFEFF", "A='\uFEFF'"],
  ])("writes %j", (value, expected) => {
    expect(formatDotenvEntry("A", value)).toBe(expected);
  });

  it("writes what parseDotenv reads back", () => {
    fc.assert(
      fc.property(awkward, awkward, (first, second) => {
        const text = `${formatDotenvEntry("A", first)} # comment\n${formatDotenvEntry("b.c-D", second)}`;
        expect(parseDotenv(text).map(({ name, value }) => [name, value])).toEqual([
          ["A", first],
          ["b.c-D", second],
        ]);
      }),
      { numRuns: 2000 },
    );
  });

  it("writes what a POSIX shell reads the same", () => {
    fc.assert(
      fc.property(awkward, (value) => {
        const input = `${formatDotenvEntry("A", value.replaceAll("\r", ""))}\nprintf %s "$A"\n`;
        const { stdout, stderr } = spawnSync("/bin/sh", ["-s"], { input, env: {}, encoding: "utf8" });
        expect([stdout, stderr]).toEqual([value.replaceAll("\r", ""), ""]);
      }),
      { numRuns: 200 },
    );
  });

  it.each(["", "1A", "A B", "A=", "é", "A\n", ".a"])("refuses the name %j", (name) => {
    expect(() => formatDotenvEntry(name, "x")).toThrow(SecretValueError);
  });

  it("refuses a NUL without showing the value", () => {
    expect(() => formatDotenvEntry("A", "canary\0")).toThrow(/^(?!.*canary).*The value of A has a NUL/);
  });
});
