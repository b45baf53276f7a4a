import { inspect } from "node:util";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DotenvSyntaxError } from "./dotenv-syntax-error.js";
import { type DotenvEntry, parseDotenv } from "./parse-dotenv.js";

function valuesOf(text: string): Record<string, string> {
  return Object.fromEntries(parseDotenv(text).map(({ name, value }) => [name, value]));
}

/** The entries, or the error that a faulty text must end in; any other error is thrown on. */
function attempt(text: string): DotenvEntry[] | DotenvSyntaxError {
  try {
    return parseDotenv(text);
  } catch (error) {
    if (DotenvSyntaxError.isInstance(error)) return error;
    throw error;
  }
}

describe("parseDotenv", () => {
  it.each([
    ["nothing", "", {}],
    ["only a byte order mark", "\uFEFF", {}],
    ["blank lines and comments", '\n  \t\n# A=1\n   # it\'s "fine"\n', {}],
    ["a plain assignment", "A=1", { A: "1" }],
    ["every kind of name", "_a=1\nb.c=2\nd-e=3\nF9=4", { _a: "1", "b.c": "2", "d-e": "3", F9: "4" }],
    ["export", "export A=1\n  export\tB = 2", { A: "1", B: "2" }],
    ["export as a name", "export=1", { export: "1" }],
    ["export as a name before a spaced =", "export = 1", { export: "1" }],
    ["export as an exported name", "export export=1", { export: "1" }],
    ["a name that only begins with export", "exported=1", { exported: "1" }],
    ["__proto__ as a name", "__proto__=1", Object.fromEntries([["__proto__", "1"]])],
    ["whitespace around everything", "  A \t=  b c\u00A0 \n", { A: "b c" }],
    ["empty values", "A=\nB= \t\nC=''\nD=\"\"\nE=``", { A: "", B: "", C: "", D: "", E: "" }],
    ["a value with =", "A=b=c==", { A: "b=c==" }],
    ["quotes inside an unquoted value", 'A=it\'s "so"', { A: 'it\'s "so"' }],
    ["no expansion", 'A=$B ${C}\nD="$B \\${C}"', { A: "$B ${C}", D: "$B ${C}" }],
    ["a comment after a value", "A=b # c\nD='e' # f\nG= # h\nI=\t#j", { A: "b", D: "e", G: "", I: "" }],
    ["# without whitespace before it", "A=b#c\nD=#e", { A: "b#c", D: "#e" }],
    ["literal single quotes", "A=' \\n\"`#$ '", { A: ' \\n"`#$ ' }],
    ["literal backticks", "A=` \\n\"'#$ `", { A: " \\n\"'#$ " }],
    ["escapes in double quotes", 'A="\\n\\r\\t\\\\\\"\\$\\`"', { A: '\n\r\t\\"$`' }],
    ["an escaped backslash before n", 'A="\\\\n"', { A: "\\n" }],
    ["unknown escapes in double quotes", 'A="D:\\data\\x \\\'\\\n"', { A: "D:\\data\\x \\'\\\n" }],
    ["backslashes without quotes", "A=C:\\new\\temp\\", { A: "C:\\new\\temp\\" }],
    [
      "values of several lines",
      "A='1\n2'\nB=\"3\n4\"\nC=`5\n\n# 6`",
      { A: "1\n2", B: "3\n4", C: "5\n\n# 6" },
    ],
    ["CRLF", "A=1\r\nB='2\r\n3'\r\n\r\nC=4\r\n", { A: "1", B: "2\n3", C: "4" }],
    ["a lone CR as a line end", "A=1\rB='2\r3'\r", { A: "1", B: "2\n3" }],
    ["escaped line ends, kept apart from real ones", 'A="1\\r\\n2\r\n3"', { A: "1\r\n2\n3" }],
    ["a byte order mark", "\uFEFFA=1", { A: "1" }],
  ])("reads %s", (_, text, expected) => {
    expect(valuesOf(text)).toEqual(expected);
  });

  it("tells where each assignment is", () => {
    const text = "\uFEFF# one\r\n  export A = 'x\r\ny' # two\r\nB=\r\nC= 3 ";
    const slices = parseDotenv(text).map((entry) => [
      entry.name,
      entry.line,
      text.slice(entry.start, entry.end),
      text.slice(entry.valueStart, entry.end),
    ]);
    expect(slices).toEqual([
      ["A", 2, "export A = 'x\r\ny'", "'x\r\ny'"],
      ["B", 4, "B=", ""],
      ["C", 5, "C= 3", "3"],
    ]);
  });

  it.each([
    ["a line without =", "A=1\n  nonsense\n", 2, 3, /no =/],
    ["export without a value", "export A\nB=1", 1, 1, /no =/],
    ["a name that begins with a digit", "1A=1", 1, 1, /not a name/],
    ["a name with a space", "\uFEFFA B=1", 1, 1, /not a name/],
    ["no name", "\n =1", 2, 2, /not a name/],
    ["a colon for =", "A: b=c", 1, 1, /not a name/],
    ["a single quote never closed", "A=1\nB= 'x\n\n", 2, 4, /never closed/],
    ["a double quote never closed", 'A="x\\"', 1, 3, /never closed/],
    ["a backtick never closed", "\uFEFFA=`x", 1, 3, /never closed/],
    ["text after a closing quote", "A='x\ny' z", 2, 4, /opened at line 1, column 3/],
    ["a second assignment on the line", "A='x' B=1", 1, 7, /follows the closing quote/],
    ["an escaped single quote", "A='it\\'s'", 1, 8, /follows the closing quote/],
    ["a comment not set off from a quote", 'A="x"#c', 1, 6, /follows the closing quote/],
    ["a name set twice", "A=1\nB=2\n\nexport A=3", 4, 1, /already set on line 1/],
    ["a NUL in a comment", "A=1\r\n# \0", 2, 3, /NUL/],
  ])("refuses %s", (_, text, line, column, reason) => {
    expect(attempt(text)).toMatchObject({
      name: "DotenvSyntaxError",
      code: "SLU1102",
      kind: "configuration",
      line,
      column,
      reason: expect.stringMatching(reason),
      message: expect.stringContaining(`line ${line}, column ${column}: `),
    });
  });

  it("takes linear time", () => {
    const many = 500_000;
    const hostile = [
      `export${" ".repeat(many)}`,
      "a".repeat(many),
      `A=${" ".repeat(many)}b`,
      `A=${" #".repeat(many)}`,
      `A=''${" ".repeat(many)}b`,
      `A="${"\\".repeat(many)}`,
      `${"#\n".repeat(many)}A`,
      Array.from({ length: 100_000 }, (_, index) => `A${index}='\n'`).join("\n"),
    ];
    for (const text of hostile) {
      const start = performance.now();
      attempt(text);
      expect(performance.now() - start).toBeLessThan(5000);
    }
  });
});

/** Texts that are nearly dotenv: they reach every branch of the grammar far more often than noise does. */
const nearlyDotenv = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "A",
        "B",
        "export ",
        "=",
        "'",
        '"',
        "`",
        "\\",
        "#",
        " ",
        "\n",
        "\0",
        "\uFEFF",
        "$",
        "A=",
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

describe("parseDotenv on any text", () => {
  it("returns entries that lie where they say, or throws a DotenvSyntaxError", () => {
    fc.assert(
      fc.property(fc.oneof(nearlyDotenv, fc.string({ unit: "binary" })), (text) => {
        const result = attempt(text);
        if (!Array.isArray(result)) return;
        let last = 0;
        for (const { name, start, valueStart, end } of result) {
          expect(last <= start && start < valueStart && valueStart <= end && end <= text.length).toBe(true);
          expect(text.slice(start, valueStart)).toContain(name);
          last = end;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("reads LF, CRLF and CR line ends alike", () => {
    const read = (text: string) => {
      const result = attempt(text);
      return Array.isArray(result)
        ? result.map(({ name, value, line }) => ({ name, value, line }))
        : result.message;
    };
    fc.assert(
      fc.property(nearlyDotenv, (noise) => {
        const text = noise.replaceAll("\r", "");
        expect(read(text.replaceAll("\n", "\r\n"))).toEqual(read(text));
        expect(read(text.replaceAll("\n", "\r"))).toEqual(read(text));
      }),
      { numRuns: 1000 },
    );
  });

  it("never puts a piece of the text into an error", () => {
    // No message has four of these letters in a row.
    const canary = fc
      .array(fc.constantFrom("J", "K", "Q", "V", "X", "Z"), { minLength: 4, maxLength: 12 })
      .map((letters) => letters.join(""));
    const fragment = fc.oneof(
      canary,
      fc.constantFrom("=", "='", '="', "'", '"', "`", "\n", " ", "#", "\\", "\0"),
    );
    let faults = 0;
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 20 }), (fragments) => {
        const result = attempt(fragments.join(""));
        if (Array.isArray(result)) return;
        faults++;
        expect(`${result.message} ${JSON.stringify(result)} ${inspect(result)}`).not.toMatch(/[JKQVXZ]{4}/);
      }),
      { numRuns: 2000 },
    );
    expect(faults).toBeGreaterThan(500);
  });
});
