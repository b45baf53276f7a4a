import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { jsonText } from "../tree/json-text.js";
import { replaceInTree } from "../tree/replace-in-tree.js";
import { YAML_FORMAT } from "./yaml-format.js";

const parse = (text: string): string => jsonText(YAML_FORMAT.parse(text));

const TAG = "the tag is not one of YAML's core schema, or does not fit the value";

describe("YAML_FORMAT.parse", () => {
  it.each([
    ["an empty text", "", "{}"],
    ["only a comment", "# c\n", "{}"],
    ["keys that are not strings elsewhere", "1: a\ntrue: b\n~: c\n", '{"1":"a","true":"b","~":"c"}'],
    ["YAML 1.1 booleans as text", "a: yes\nb: off\n", '{"a":"yes","b":"off"}'],
    ["a merge key as any other", "<<: {a: 1}\n", '{"<<":{"a":1}}'],
    ["aliases", "a: &x {k: 1}\nb: *x\nc: &x 2\nd: *x\n", '{"a":{"k":1},"b":{"k":1},"c":2,"d":2}'],
    ["core tags", "a: !!str 1\nb: !!int '2'\nc: !!map {}\nd: ! 3\n", '{"a":"1","b":2,"c":{},"d":"3"}'],
    ["empty values", "a:\nb: ''\n", '{"a":null,"b":""}'],
    ["block texts", "a: |\n  x\n  y\nb: >-\n  x\n  y\n", '{"a":"x\\ny\\n","b":"x y"}'],
  ])("reads %s", (_, text, expected) => {
    expect(parse(text)).toBe(expected);
  });

  it.each([
    ["a duplicate key", "a: 1\nb: 2\na: 3\n", 3, 1, "duplicate key"],
    ["a second document", "a: 1\n---\nb: 2\n", 2, 1, "multiple docs"],
    ["another version", "%YAML 1.1\n---\na: 1\n", 1, 1, "the YAML version is not 1.2"],
    ["a custom tag", "a: !foo 1\n", 1, 9, TAG],
    ["a custom tag on a mapping", "a: !foo {b: 1}\n", 1, 9, TAG],
    ["a tag of YAML 1.1", "a: !!set {b}\n", 1, 10, TAG],
    ["a tag that does not fit", "a: !!int x\n", 1, 10, TAG],
    ["a binary that is none", "a: !!binary '%%%'\n", 1, 13, "the binary value is not base64"],
    ["an alias of nothing", "a: *x\n", 1, 4, "the alias has no anchor before it"],
    ["an alias of what it is in", "a: &x [*x]\n", 1, 8, "the alias has no anchor before it"],
    ["a sequence", "- 1\n", 1, 1, "the root is not a mapping"],
    ["a text", "x\n", 1, 1, "the root is not a mapping"],
    ["half a surrogate pair", 'a: "\\ud800"\n', 1, 4, "the text is not valid Unicode"],
    ["a key that is a sequence", "? [a]\n: 1\n", 1, 3, "non string key"],
    ["tabs", "a:\n\tb: 1\n", 2, 1, "tab as indent"],
  ])("refuses %s", (_, text, line, column, reason) => {
    expect(() => YAML_FORMAT.parse(text)).toThrow(expect.objectContaining({ line, column, reason }));
  });

  it("refuses aliases that grow without bound", () => {
    const levels = Array.from({ length: 20 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(10)}]`);
    const text = ["l0: &l0 lol", ...levels, ""].join("\n");
    expect(() => YAML_FORMAT.parse(text)).toThrow("aliases repeat too much");
  });
});

describe("editing YAML", () => {
  const text = [
    "# head",
    "",
    "# of a",
    "a: 0x1F # note",
    "big: 123456789012345678901234567890",
    "f: 1.10",
    "none:",
    "tilde: ~",
    "yes: True",
    "nest:",
    "  deep: 1e3",
    "list:",
    "- 1",
    "- {k: v}",
    "lit: |",
    "  line",
    "bin: !!binary aGk=",
    "",
  ].join("\n");

  it("keeps everything else as it is written", () => {
    expect(YAML_FORMAT.set(text, ["nest", "deep"], "x")).toBe(text.replace("1e3", '"x"'));
    expect(YAML_FORMAT.set(text, ["a"], "true")).toBe(text.replace("0x1F", '"true"'));
    expect(YAML_FORMAT.set(text, ["z"], "1")).toBe(`${text}z: "1"\n`);
    expect(YAML_FORMAT.remove(text, ["big"])).toBe(text.replace(/big.*\n/, ""));
    const crlf = text.replaceAll("\n", "\r\n");
    expect(YAML_FORMAT.set(crlf, ["f"], "x")).toBe(crlf.replace("1.10", '"x"'));
  });

  it.each([
    ["starts a file", "", ["a", "b"], 'a:\n  b: "x"\n'],
    ["starts after a comment", "# c\n", ["a"], '# c\n\na: "x"\n'],
    ["fills an empty mapping", "{}\n", ["a"], 'a: "x"\n'],
    ["keeps JSON", '{"a": 1}\n', ["b"], '{"a": 1, b: "x"}\n'],
  ])("%s", (_, before, keys, after) => {
    expect(YAML_FORMAT.set(before, keys, "x")).toBe(after);
  });

  it("keeps comments when it removes what is below them", () => {
    expect(YAML_FORMAT.remove("# head\n\n# of a\na: 1\n# of b\nb: 2\n", ["a"])).toBe(
      "# head\n\n# of a\n\n# of b\nb: 2\n",
    );
    expect(YAML_FORMAT.remove("# head\na: 1\n", ["a"])).toContain("# head");
  });

  it("does not write through an alias, nor take an anchor away", () => {
    const anchored = "a: &x {k: 1}\nb: *x\n";
    expect(() => YAML_FORMAT.set(anchored, ["b", "k"], "x")).toThrow("cannot-edit");
    expect(() => YAML_FORMAT.remove(anchored, ["a"])).toThrow("cannot-edit");
  });

  const key = fc.oneof(
    fc.constantFrom("a", "1", "~", "#", "- x", "__proto__", "<<"),
    fc.string({ unit: "grapheme" }),
  );
  const leaf = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.integer()),
  );

  it("changes one value and no other", () => {
    const objects = fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf, { maxKeys: 3 })), {
      maxKeys: 4,
    });
    fc.assert(
      fc.property(objects, key, fc.string({ unit: "binary" }), (object, name, value) => {
        const source = stringify(object);
        const before = YAML_FORMAT.parse(source);
        const written = value.toWellFormed();
        const edited = YAML_FORMAT.set(source, [name], written);
        expect(parse(edited)).toBe(jsonText(replaceInTree(before, [name], { kind: "text", text: written })));
        expect(parse(YAML_FORMAT.remove(edited, [name]))).toBe(
          jsonText(replaceInTree(before, [name], undefined)),
        );
      }),
      { numRuns: 500 },
    );
  });
});
