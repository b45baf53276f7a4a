import { spawnSync } from "node:child_process";

import { parseDotenv } from "@sluice/core/dotenv";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { EXPORT_FORMATS, type ExportFormat } from "./export-format.js";
import { formatVariables } from "./format-variables.js";
import type { Variable } from "./variable.js";

/** Readers that share no code with the writers; each throws, or answers too little, on a malformed text. */
const READERS: Record<ExportFormat, (text: string) => [string, string][]> = {
  json: (text) => Object.entries(JSON.parse(text) as Record<string, string>),
  yaml: (text) => readYaml(text, "1.2"),
  dotenv: (text) => parseDotenv(text).map(({ name, value }) => [name, value]),
  "java-properties": readJavaProperties,
  csv: readCsv,
  tsv: readTsv,
  tfvars: readTfvars,
  shell: readShell,
};

function readYaml(text: string, version: "1.1" | "1.2"): [string, string][] {
  const map = parse(text, { version, mapAsMap: true }) as Map<string, string>;
  return [...map];
}

/** By the documentation of `java.util.Properties.load`. */
function readJavaProperties(text: string): [string, string][] {
  const unescape = (escaped: string) =>
    escaped.replace(/\\(?:u([0-9A-Fa-f]{4})|(.))/gs, (_, hex: string | undefined, character: string) =>
      hex
        ? String.fromCharCode(Number.parseInt(hex, 16))
        : ({ n: "\n", r: "\r", t: "\t", f: "\f" }[character] ?? character),
    );
  return text
    .replace(/(?<!\\)((?:\\\\)*)\\(?:\r\n?|\n)[ \t\f]*/g, "$1")
    .split(/\r\n?|\n/)
    .map((line) => line.replace(/^[ \t\f]+/, ""))
    .filter((line) => !/^(?:[#!]|$)/.test(line))
    .map((line) => {
      const [, key = "", value = ""] = /^((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(line) ?? [];
      return [unescape(key), unescape(value)];
    });
}

/** By the grammar of RFC 4180, with LF besides CRLF. */
function readCsv(text: string): [string, string][] {
  const records: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n)/gy)) {
    records.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end !== ",") records.push([]);
  }
  return withoutHeader(records.slice(0, -1));
}

function readTsv(text: string): [string, string][] {
  const unescape = (field: string) =>
    field.replace(/\\(.)/g, (_, letter: string) => ({ t: "\t", n: "\n", r: "\r" })[letter] ?? letter);
  const lines = text.split(/\r\n|\r|\n/).slice(0, -1);
  return withoutHeader(lines.map((line) => line.split("\t").map(unescape)));
}

function withoutHeader([header, ...records]: string[][]): [string, string][] {
  expect(header).toEqual(["name", "value"]);
  for (const record of records) expect(record).toHaveLength(2);
  return records as [string, string][];
}

/** One assignment a line, the value in HCL's tokens of a quoted template; an interpolation matches none. */
function readTfvars(text: string): [string, string][] {
  const token =
    /\\u(?<hex>[0-9A-Fa-f]{4})|\\(?<escaped>[nrt"\\])|(?<brace>\$\$\{|%%\{)|(?<literal>(?![$%]\{)[^\\"\p{Cc}])/uy;
  const decode = (body: string) => {
    let value = "";
    for (token.lastIndex = 0; token.lastIndex < body.length;) {
      const { hex, escaped, brace, literal } = token.exec(body)?.groups ?? {};
      if (hex) value += String.fromCharCode(Number.parseInt(hex, 16));
      else if (escaped) value += { n: "\n", r: "\r", t: "\t" }[escaped] ?? escaped;
      else if (brace) value += brace.slice(1);
      else if (literal) value += literal;
      else throw new Error("no token");
    }
    return value;
  };
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const [, name = "", body = ""] = /^([A-Za-z_][A-Za-z0-9_-]*) = "(.*)"$/su.exec(line) ?? [];
      return [name, decode(body)];
    });
}

/** What a process started by the shell has in its environment. */
function readShell(text: string): [string, string][] {
  const { stdout, stderr } = spawnSync("/bin/sh", ["-s"], {
    input: `${text}exec env -0\n`,
    env: { PATH: "/usr/bin:/bin" },
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout
    .split("\0")
    .map((entry): [string, string] => [
      entry.slice(0, entry.indexOf("=")),
      entry.slice(entry.indexOf("=") + 1),
    ])
    .filter(([name]) => name.startsWith("v_"));
}

/** What some format gives a meaning to. */
const SPECIALS = [
  ..."'\"`\\$%{}[]#!=:;,&*|<>?~@-+()^ \t\n\r\f\u0001\u001B\u007F\u0085\u00A0\u2028\u2029\uFEFF\uFFFE".split(
    "",
  ),
  ..."${a} $${ %{if} \\n \\N \\u0041 $(id) '' \"\" é 😀 << --- # - \r\n".split(" "),
  ..."yes NO on y null true .inf 1e3 012 0x1 1:20 2001-01-01 1_000".split(" "),
];

const value = fc
  .array(fc.oneof(fc.constantFrom(...SPECIALS), fc.string({ unit: "binary", maxLength: 3 })), {
    maxLength: 10,
  })
  .map((parts) => parts.join("").replaceAll("\0", ""));

function variablesNamed(name: fc.Arbitrary<string>): fc.Arbitrary<Variable[]> {
  return fc.uniqueArray(fc.record({ name, value }), { selector: (variable) => variable.name, maxLength: 5 });
}

/** A shell name, which every format takes; prefixed, so that it is none the shell itself uses. */
const simpleName = fc.stringMatching(/^v_[A-Za-z0-9_]{0,4}$/);

/** Order is nothing the formats promise: `env` has none, and a JavaScript object puts integers first. */
function byName(pairs: readonly [string, string][]): [string, string][] {
  return pairs.toSorted(([left], [right]) => (left < right ? -1 : 1));
}

function pairsOf(variables: readonly Variable[]): [string, string][] {
  return byName(variables.map(({ name, value }) => [name, value]));
}

describe("what formatVariables writes", () => {
  it.each(EXPORT_FORMATS)("is read back from %s", (format) => {
    fc.assert(
      fc.property(variablesNamed(simpleName), (variables) => {
        expect(byName(READERS[format](formatVariables(format, variables)))).toEqual(pairsOf(variables));
      }),
      { numRuns: format === "shell" ? 200 : 1000 },
    );
  });

  it.each(["json", "yaml", "java-properties", "csv", "tsv"] as const)(
    "is read back from %s under any name",
    (format) => {
      fc.assert(
        fc.property(variablesNamed(value), (variables) => {
          expect(byName(READERS[format](formatVariables(format, variables)))).toEqual(pairsOf(variables));
        }),
        { numRuns: 1000 },
      );
    },
  );

  it("is read back from yaml by a YAML 1.1 reader", () => {
    fc.assert(
      fc.property(variablesNamed(fc.oneof(simpleName, value)), (variables) => {
        expect(byName(readYaml(formatVariables("yaml", variables), "1.1"))).toEqual(pairsOf(variables));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(EXPORT_FORMATS)("as %s ends in one line feed and has no byte order mark", (format) => {
    expect(formatVariables(format, [{ name: "A", value: "x" }])).toMatch(/^[^\uFEFF][^]*[^\n]\n$/);
  });

  it.each(["dotenv", "tfvars", "shell"] as const)("tells in %s the name that does not fit", (format) => {
    for (const name of ["", "1A", "A B", "A\n", "é"]) {
      expect(() => formatVariables(format, [{ name, value: "canary" }])).toThrow(
        expect.objectContaining({
          code: "SLU2002",
          kind: "configuration",
          message: expect.stringContaining(JSON.stringify(name)),
        }),
      );
    }
  });

  it.each(["dotenv", "shell"] as const)("has no NUL in %s, and no value in the error", (format) => {
    expect(() => formatVariables(format, [{ name: "A", value: "canary\0" }])).toThrow(
      /^(?!.*canary)The value of A has a NUL/,
    );
  });
});
