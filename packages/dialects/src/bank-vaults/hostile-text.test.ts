import { parsePlannedText } from "@sluice/core/plan";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PREFIX, read, readAll } from "./bank-vaults.test-support.js";

describe("whatever a pod of bank-vaults has", () => {
  it("is read as references that can be parsed, denied, or left as it is, and nothing is half read", () => {
    const piece = fc.constantFrom(
      "${",
      "}",
      "}}",
      "$",
      "vault:",
      "bao:",
      ">>",
      ">",
      "a/b",
      "#",
      "k",
      "{",
      '{"a":"b"}',
      ".a",
      "|",
      " ",
      "(",
      ")",

      "b64enc",
      "trim",
      "v1:",
      "login",
      "secret://",
      "?",
      "..",
      "/",
      "\n",
      "é",
      "%",
      '"',
      "`",
      "index",
      "-",
      "1",
      ",",
    );
    const text = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(""));
    const hint = fc.constantFrom("${vault:a/b#", "vault:a/b#", ">>vault:a/b#${", "vault:", "");
    fc.assert(
      fc.property(hint, text, text, (start, rest, paths) => {
        const annotations = { [`${PREFIX}vault-from-path`]: paths };
        const { env, spread, problems } = readAll(
          { A: start + rest },
          { annotations, transit: { key: "k" } },
        );
        const parts = Object.values(env).flatMap(parsePlannedText);
        const from = spread.flatMap(({ from: reference }) => parsePlannedText(reference));
        const literals = parts.filter((part) => typeof part === "string").join("\0");
        expect(literals).not.toMatch(/\$\{(?:>>)?(?:vault|bao):[^\n]*\}/);
        expect(from.every((part) => typeof part === "object")).toBe(true);
        expect(problems.every(({ problem, remedy }) => problem !== "" && remedy !== "")).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it("does not exhaust the reader", () => {
    const deep = `vault:a/b#\${${"(".repeat(60_000)}.a${")".repeat(60_000)}}`;
    expect(read(deep)).toMatch(/longer than/);
    const many = "${vault:".repeat(16_000);
    expect(read(many)).toBeUndefined();
    expect(read(`${many}}`)).toMatch(/has a reference that/);
    expect(read("${vault:a/b#c}".repeat(9_000))).toContain("secret://vault/a/b#c");
  });
});
