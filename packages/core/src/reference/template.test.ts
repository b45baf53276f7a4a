import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReferenceSyntaxError } from "../errors/reference-syntax-error.js";
import { arbitraryReference } from "./arbitrary-reference.test-support.js";
import {
  formatTemplate,
  hasReferenceSyntax,
  parseEmbedded,
  parseTemplate,
  type TemplatePart,
} from "./template.js";

const DB = { store: "prod", path: "db" };

function errorOf(text: string): ReferenceSyntaxError {
  try {
    parseTemplate(text);
  } catch (thrown) {
    if (ReferenceSyntaxError.isInstance(thrown)) return thrown;
    throw thrown;
  }
  throw new Error(`${text} was accepted`);
}

/** Parts as reading gives them: adjacent literals are one, and none is empty. */
function merged(parts: readonly TemplatePart[]): TemplatePart[] {
  const result: TemplatePart[] = [];
  for (const part of parts) {
    const before = result.at(-1);
    if (typeof part === "string" && typeof before === "string") result[result.length - 1] = before + part;
    else if (part !== "") result.push(part);
  }
  return result;
}

const literal = fc.oneof(
  fc.string({ unit: fc.constantFrom("$", "{", "}", "${", "$${", "secret://", "${secret://", "a", "\n") }),
  fc.string({ unit: "binary" }),
);

describe("parseTemplate", () => {
  it.each<[string, TemplatePart[]]>([
    ["", []],
    ["plain", ["plain"]],
    ["secret://prod/db", [DB]],
    ["${secret://prod/db}", [DB]],
    ["a${secret://prod/db}b${secret://prod/db}", ["a", DB, "b", DB]],
    ["$${secret://prod/db}", ["${secret://prod/db}"]],
    ["$$${secret://prod/db}", ["$", DB]],
    ["$$$${secret://prod/db}", ["$${secret://prod/db}"]],
    ["$ $$ ${HOME} $${HOME} ${ {secret://x}", ["$ $$ ${HOME} $${HOME} ${ {secret://x}"]],
    ["${secret://prod/db}$", [DB, "$"]],
    ["${secret://prod/db}$${secret://", [DB, "${secret://"]],
    [" secret://prod/db", [" secret://prod/db"]],
    ["${secret://prod/a%7Db#c%7D}", [{ store: "prod", path: "a}b", key: "c}" }]],
  ])("splits %j", (text, parts) => {
    expect(parseTemplate(text)).toEqual(parts);
  });

  it("reads text that begins with a reference as text, where it is embedded", () => {
    expect(parseEmbedded("secret://prod/db and more")).toEqual(["secret://prod/db and more"]);
  });

  it("reads back what formatTemplate writes", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(literal, arbitraryReference), { maxLength: 6 }), (parts) => {
        expect(parseEmbedded(formatTemplate(parts))).toEqual(merged(parts));
      }),
      { numRuns: 1000 },
    );
  });

  it("never changes text without an opening", () => {
    fc.assert(
      fc.property(
        literal.filter((text) => !text.includes("${secret://")),
        (text) => {
          expect(parseEmbedded(text)).toEqual(text === "" ? [] : [text]);
          expect(formatTemplate([text])).toBe(text);
          expect(hasReferenceSyntax(text)).toBe(text.startsWith("secret://"));
        },
      ),
    );
  });

  it("says where the fault is, in the reference and in the text", () => {
    const error = errorOf("host=x pw=${secret://prod/d b} rest");
    expect(error).toMatchObject({ input: "secret://prod/d", position: 15, offset: 12 });
    expect(error.message).toContain('"secret://prod/d" at character 28 of the text');
  });

  it.each([
    "${secret://prod/db",
    "a ${secret://prod/db and more",
    "${secret://prod/db\n}",
    "${secret://prod/db ${secret://prod/x}",
  ])("sees that %j is never closed", (text) => {
    const error = errorOf(text);
    expect(error.reason).toMatch(/never closed/);
    expect(error).toMatchObject({ position: 0, offset: text.indexOf("secret://") });
  });

  it("never quotes a literal secret beside a broken reference", () => {
    const broken = fc.constantFrom(
      "${secret://prod/db",
      "${secret://prod",
      "${secret://",
      "${secret://Prod/db}",
      "${secret://prod/db?x=1}",
      '${secret://prod/db"}',
      "${secret://prod/%}",
    );
    const between = fc.constantFrom("", " ", "\n", ",", ":", "/", "#", '","pw":"', "{", "$", "&", "\ttls=");
    const after = fc.constantFrom("", "@host", "\n", " ${secret://prod/x}", "${secret://prod/x}", '"');
    fc.assert(
      fc.property(broken, between, after, (reference, gap, rest) => {
        for (const text of [`hunter2${gap}.${reference}`, `${reference}${gap}hunter2${rest}`]) {
          const error = errorOf(text);
          expect(JSON.stringify([error, error.message, error.stack])).not.toContain("hunter2");
        }
      }),
    );
  });

  it("takes time in proportion to its text", () => {
    const start = performance.now();
    const dollars = "$".repeat(200_000);
    expect(parseEmbedded(`${dollars}x`)).toEqual([`${dollars}x`]);
    expect(formatTemplate([`${dollars}x`, DB])).toHaveLength(200_001 + "${secret://prod/db}".length);
    expect(parseEmbedded("${secret://prod/db}".repeat(20_000))).toHaveLength(20_000);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
