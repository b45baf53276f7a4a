import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonText } from "../tree/json-text.js";
import { replaceInTree } from "../tree/replace-in-tree.js";
import { JSON_FORMAT } from "./json-format.js";

const parse = (text: string): string => jsonText(JSON_FORMAT.parse(text));

describe("JSON_FORMAT.parse", () => {
  it.each([
    ["a comment", '{\n  // c\n  "a": 1\n}', 2, 3, "invalid comment token"],
    ["a trailing comma", '{"a": 1,}', 1, 9, "property name expected"],
    ["a duplicate key", '{\n "a": 1,\n "b": {"a": 2},\n "a": 3\n}', 4, 2, "duplicate key"],
    ["a nested duplicate key", '{"b": {"\\u0061": 2, "a": 3}}', 1, 21, "duplicate key"],
    ["single quotes", "{'a': 1}", 1, 2, "invalid symbol"],
    ["an unclosed string", '{"a": "x', 1, 7, "unexpected end of string"],
    ["two values", "{} {}", 1, 4, "end of file expected"],
    ["nothing", "", 1, 1, "value expected"],
    ["an array", " [1]", 1, 2, "the root is not an object"],
    ["half a surrogate pair", '{"a": "\\ud800"}', 1, 7, "the string is not valid Unicode"],
    ["a CR as a line end", '{\r"a": x}', 2, 6, "invalid symbol"],
  ])("refuses %s", (_, text, line, column, reason) => {
    expect(() => JSON_FORMAT.parse(text)).toThrow(expect.objectContaining({ line, column, reason }));
  });

  it("accepts exactly what JSON.parse does", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      '"a"',
      '"b"',
      "1",
      "01",
      "-",
      ".5",
      "true",
      "nul",
      " ",
      "\n",
      "/**/",
    ];
    const text = fc.array(fc.constantFrom(...pieces)).map((parts) => `{"k":${parts.join("")}}`);
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          fc.json().map((json) => `{"k":${json}}`),
        ),
        (candidate) => {
          const expected = outcome(() => JSON.parse(candidate) as unknown);
          const actual = outcome(() => JSON.parse(parse(candidate)) as unknown);
          // JSON.parse keeps the last of two keys, and half a surrogate pair.
          if (actual.reason === "duplicate key" || actual.reason === "the string is not valid Unicode")
            return;
          expect(actual.value).toEqual(expected.value);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("editing JSON", () => {
  it.each([
    ["keeps tabs", '{\n\t"a": 1.10\n}\n', ["b", "c"], '{\n\t"a": 1.10,\n\t"b": {\n\t\t"c": "x"\n\t}\n}\n'],
    ["keeps CRLF", '{\r\n    "a": 1\r\n}\r\n', ["b"], '{\r\n    "a": 1,\r\n    "b": "x"\r\n}\r\n'],
    ["keeps one line", '{"a":1,"b":{}}', ["b", "c"], '{"a":1,"b":{"c": "x"}}'],
    ["replaces in place", '{\n  "a":   1,  "b": [ 2 ]\n}', ["a"], '{\n  "a":   "x",  "b": [ 2 ]\n}'],
    ["starts a file", JSON_FORMAT.emptyText, ["a"], '{\n  "a": "x"\n}\n'],
  ])("%s", (_, text, keys, expected) => {
    expect(JSON_FORMAT.set(text, keys, "x")).toBe(expected);
  });

  const key = fc.oneof(fc.constantFrom("a", "b", "__proto__", "0", ""), fc.string());
  const { tree: json } = fc.letrec<{ tree: Record<string, unknown> }>((tie) => ({
    tree: fc.dictionary(
      key,
      fc.oneof(fc.string(), fc.double(), fc.constant(null), fc.array(fc.integer()), tie("tree")),
      {
        maxKeys: 4,
      },
    ),
  }));

  it("changes one value and no other", () => {
    fc.assert(
      fc.property(
        json,
        key,
        fc.string(),
        fc.constantFrom(undefined, 2, "\t"),
        (object, name, value, indent) => {
          const text = JSON.stringify(object, null, indent);
          const before = JSON_FORMAT.parse(text);
          const edited = JSON_FORMAT.set(text, [name], value);
          expect(parse(edited)).toBe(jsonText(replaceInTree(before, [name], { kind: "text", text: value })));
          expect(parse(JSON_FORMAT.remove(edited, [name]))).toBe(
            jsonText(replaceInTree(before, [name], undefined)),
          );
        },
      ),
    );
  });
});

function outcome(work: () => unknown): { value?: unknown; reason?: unknown } {
  try {
    return { value: work() };
  } catch (error) {
    return { reason: Reflect.get(error as Error, "reason") };
  }
}
