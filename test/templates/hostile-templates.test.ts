import { TemplateError } from "@sluice/templates/go";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedTemplate, piecesOf } from "./changed-template.js";
import { CASE_FILES, readCases } from "./golden-case.js";
import { renderCase } from "./render-case.js";

const CASES = CASE_FILES.flatMap(readCases);
const ANSWERS = CASES.flatMap(({ answers = [] }) => answers);
const LIMITS = { maxSteps: 20_000, maxOutputBytes: 64 * 1024, maxMilliseconds: 60_000 };
const PIECES = piecesOf(CASES);

/** What becomes of a template; whatever is thrown besides is a fault of ours. */
async function fate(template: string): Promise<string> {
  try {
    const { length } = await renderCase({ name: "hostile", template, answers: ANSWERS }, LIMITS);
    return length <= LIMITS.maxOutputBytes ? HARMLESS : `rendered ${length} bytes`;
  } catch (thrown) {
    if (!TemplateError.isInstance(thrown)) throw thrown;
    const { line, column } = thrown.position;
    return line > 0 && column > 0 ? HARMLESS : "an error without a place";
  }
}

const HARMLESS = "rendered, or an error with its place";

describe("no template does harm", () => {
  it("of random text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 200 }), async (text) => {
        expect(await fate(text)).toBe(HARMLESS);
        expect(await fate(`{{${text}}}`)).toBe(HARMLESS);
      }),
      { numRuns: 1000 },
    );
  });

  it("of pieces of templates", async () => {
    const template = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(""));
    await fc.assert(
      fc.asyncProperty(template, async (text) => {
        expect(await fate(text)).toBe(HARMLESS);
      }),
      { numRuns: 2000 },
    );
  });

  it("of cases with something changed", async () => {
    await fc.assert(
      fc.asyncProperty(changedTemplate(CASES), async (changed) => {
        expect(await fate(changed)).toBe(HARMLESS);
      }),
      { numRuns: 3000 },
    );
  });
});

const NESTED = 5000;
const AT_A_LIMIT = /more than \d+|deeper than \d+|longer than \d+|above \d+|repeats too much/;

describe("a template that means harm ends at a limit", () => {
  it.each([
    ["endless recursion", '{{ define "t" }}{{ template "t" }}{{ end }}{{ template "t" }}'],
    ["recursion by a function", '{{ define "t" }}{{ executeTemplate "t" }}{{ end }}{{ template "t" }}'],
    [
      "recursion in parentheses",
      `{{ define "t" }}{{ print ${"(print ".repeat(90)}(executeTemplate "t")${")".repeat(90)} }}{{ end }}{{ template "t" }}`,
    ],
    ["parentheses", `{{ ${"(".repeat(NESTED)}1${")".repeat(NESTED)} }}`],
    ["ifs", `${"{{ if 1 }}".repeat(NESTED)}${"{{ end }}".repeat(NESTED)}`],
    ["else ifs", `{{ if 0 }}${"{{ else if 0 }}".repeat(NESTED)}{{ end }}`],
    ["a long loop", "{{ range loop 1000000000000 }}{{ end }}"],
    ["a long range", "{{ range 1000000000000 }}{{ end }}"],
    ["loops in loops", "{{ range loop 10000 }}{{ range loop 10000 }}{{ end }}{{ end }}"],
    ["much output", '{{ range loop 100000 }}{{ "0123456789" }}{{ end }}'],
    ["a doubled string", '{{ $s := "0123456789" }}{{ range loop 60 }}{{ $s = print $s $s }}{{ end }}'],
    ["a width", '{{ printf "%999999d" 1 }}'],
    ["a precision", '{{ printf "%.999999f" 1.5 }}'],
    ["a width by argument", '{{ printf "%*s" 999999 "a" }}'],
    ["an indent", '{{ indent 100000000 "a" }}'],
    ["many indents", `{{ indent 60000 "${"a\\n".repeat(100)}" }}`],
    ["replacing nothing", `{{ replaceAll "" "${"x".repeat(1000)}" "${"y".repeat(1000)}" }}`],
    ["joining", `{{ split "" "${"y".repeat(1000)}" | join "${"x".repeat(1000)}" }}`],
    ["a pattern", `{{ regexMatch "(a?b){900}(a|b|c|[d-f]+){900}" "a" }}`],
    ["deep data", `{{ parseJSON "${"[".repeat(NESTED)}${"]".repeat(NESTED)}" }}`],
    [
      "pretty data",
      `{{ toJSONPretty (parseJSON "${"[".repeat(190)}${"1,".repeat(10_000)}1${"]".repeat(190)}") }}`,
    ],
    ["indented data", `{{ toYAML (parseJSON "${"[".repeat(190)}${"1,".repeat(2000)}1${"]".repeat(190)}") }}`],
    ["deep keys", `{{ explodeMap (parseJSON "{\\"${"a/".repeat(NESTED)}b\\":1}") }}`],
    ["many reads", '{{ range $i := loop 1000 }}{{ secrets (printf "p/%d" $i) }}{{ end }}'],
  ])("%s", async (_, template) => {
    const rendering = renderCase({ name: "harm", template }, LIMITS);
    await expect(rendering).rejects.toThrow(AT_A_LIMIT);
  });

  it("a pattern over which others go astray takes no time", async () => {
    const template = `{{ regexReplaceAll "(a*)*b" "x" "${"a".repeat(30_000)}" }}`;
    expect((await renderCase({ name: "pattern", template })).length).toBe(30_000);
  });

  it("one that takes long ends at its time", async () => {
    const each = { name: "slow", template: "{{ range loop 100000000 }}{{ end }}" };
    await expect(renderCase(each, { maxSteps: 1e9, maxMilliseconds: 20 })).rejects.toThrow(
      "takes longer than 20 ms",
    );
  });

  it("one that is large is not parsed", async () => {
    const each = { name: "large", template: "x".repeat(300_000) };
    await expect(renderCase(each)).rejects.toThrow("it is larger than 262144 bytes");
  });
});
