import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { formatDiff, unifiedDiff } from "./format-diff.js";

const before = "a: 1\nb: 2\nc: 3\n";
const diff = unifiedDiff("a.yaml", before, before.replace("2", "4"));

it("is as diff -u writes it", () => {
  expect(diff).toBe(
    "--- a.yaml\n+++ a.yaml (as the webhook makes it)\n@@ -1,3 +1,3 @@\n a: 1\n-b: 2\n+b: 4\n c: 3\n",
  );
  expect(unifiedDiff("a.yaml", before, before)).toBe("");
});

it("has colours only where they are wanted", () => {
  expect(formatDiff(diff, false)).toBe(diff);
  const coloured = formatDiff(diff, true);
  expect(coloured).toContain("\u001B[31m-b: 2\u001B[39m\n\u001B[32m+b: 4\u001B[39m\n");
  expect(stripVTControlCharacters(coloured)).toBe(diff);
});
