import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupByPrefix } from "./common-prefixes.js";

describe("groupByPrefix", () => {
  it.each<[string, string[], Record<string, string[]>]>([
    ["one path", ["db"], { db: ["db"] }],
    ["paths without folders", ["web-db", "web-key"], { "web-": ["web-db", "web-key"] }],
    ["nothing in common", ["db", "key"], { "": ["db", "key"] }],
    ["top folders", ["a/x/1", "b/x", "a/x/2"], { "a/x/": ["a/x/1", "a/x/2"], "b/x": ["b/x"] }],
    [
      "a slash in front",
      ["/app/a", "/app/b", "/web/c"],
      { "/app/": ["/app/a", "/app/b"], "/web/c": ["/web/c"] },
    ],
    ["one within the other", ["a/b", "a/b/c"], { "a/b": ["a/b", "a/b/c"] }],
    ["half a character", ["🔑", "🔒"], { "": ["🔑", "🔒"] }],
    ["nothing", [], {}],
  ])("knows %s", (_name, paths, expected) => {
    expect(Object.fromEntries(groupByPrefix(paths))).toEqual(expected);
  });

  it("has every path once, under a prefix of it that is text", () => {
    const segment = fc.constantFrom("a", "ab", "🔑", "🔒", "é");
    const paths = fc.uniqueArray(
      fc.array(segment, { minLength: 1, maxLength: 4 }).map((all) => all.join("/")),
    );
    fc.assert(
      fc.property(paths, (all) => {
        const groups = groupByPrefix(all);
        expect(Array.from(groups.values()).flat().sort()).toEqual(all.toSorted());
        for (const [prefix, group] of groups) {
          expect(prefix.isWellFormed()).toBe(true);
          for (const path of group) expect(path.startsWith(prefix)).toBe(true);
        }
      }),
    );
  });
});
