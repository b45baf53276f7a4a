import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type AnnotationRule, VAULT_K8S_ANNOTATIONS, VSI_ANNOTATIONS } from "../src/index.js";

const PAGES: readonly (readonly [page: string, rules: readonly AnnotationRule[]])[] = [
  ["vault-k8s", VAULT_K8S_ANNOTATIONS],
  ["vsi", VSI_ANNOTATIONS],
];

/** Rows of the page's table of annotations, without the white space that lines them up. */
function rowsOf(page: string): string[] {
  const text = readFileSync(new URL(`../../../docs/dialects/${page}.md`, import.meta.url), "utf8");
  const section = text.slice(text.indexOf("## Annotations")).split("\n## ")[0] ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.replaceAll(/\s+/g, " ").trim());
}

describe.each(PAGES)("the page of %s", (page, rules) => {
  it("says of every annotation what becomes of it, and of no other", () => {
    const written = rules.map(({ name, is, says, remedy }) =>
      `| \`${name}\` | ${is} | ${says}${remedy === undefined ? "" : `. ${remedy}`} |`.replaceAll(/\s+/g, " "),
    );
    expect(rowsOf(page)).toEqual(written);
  });

  it("has a remedy for what is refused", () => {
    expect(rules.filter(({ is, remedy }) => is === "refused" && remedy === undefined)).toEqual([]);
  });

  it("names each once", () => {
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  });
});
