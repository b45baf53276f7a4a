import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAnnotationsFile } from "./index.js";

describe("parseAnnotationsFile", () => {
  it("reads what the kubelet writes", () => {
    const text = 'a/b="kind=DYNAMIC,type=RSA"\nc="x \\"q\\" \\\\ \\n\\t\\u00e9\\x41\\U0001f600"\n';
    expect(parseAnnotationsFile(text)).toEqual({
      annotations: { "a/b": "kind=DYNAMIC,type=RSA", c: 'x "q" \\ \n\té\u0041\u{1f600}' },
      problems: [],
    });
  });

  it("reads values without quotes, empty lines and Windows' line ends", () => {
    expect(parseAnnotationsFile("a=b=c\r\n\r\nd=\n")).toEqual({
      annotations: { a: "b=c", d: "" },
      problems: [],
    });
  });

  it.each(["junk", '="x"', 'a="', 'a="x', 'a="x"y"', String.raw`a="\q"`, String.raw`a="\U00110000"`])(
    "does not take %s for an annotation",
    (line) => {
      expect(parseAnnotationsFile(`ok="1"\n${line}\n`)).toMatchObject({
        annotations: { ok: "1" },
        problems: [{ line: 2 }],
      });
    },
  );

  it("reads back what is quoted as the kubelet does", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z./]{1,9}$/), fc.string({ unit: "binary" })),
        (given) => {
          const lines = Object.entries(given).map(([key, value]) => `${key}=${quoted(value)}`);
          expect(parseAnnotationsFile(lines.join("\n")).annotations).toEqual({ ...given });
        },
      ),
    );
  });
});

function quoted(value: string): string {
  const escaped = Array.from(value, (character) => {
    const point = character.codePointAt(0) ?? 0;
    if (character === '"' || character === "\\") return `\\${character}`;
    return point >= 32 && point < 127 ? character : `\\U${point.toString(16).padStart(8, "0")}`;
  });
  return `"${escaped.join("")}"`;
}
