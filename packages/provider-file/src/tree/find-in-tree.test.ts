import { describe, expect, it } from "vitest";
import { JSON_FORMAT } from "../format/json-format.js";
import { findInTree, placeForNew } from "./find-in-tree.js";
import { treePaths } from "./tree-paths.js";

const tree = JSON_FORMAT.parse(
  '{"a": {"b": 1, "c/d": {"e": 2}}, "a/b": 3, "l": [{"x": 1}], "s": "t", "n": null, "x/y": {}}',
);

function found(path: string): unknown {
  const place = findInTree(tree, path);
  return place.kind === "found" && place.node.kind === "literal" ? [place.keys, place.node.source] : place;
}

describe("findInTree", () => {
  it.each([
    ["the longest key before nested ones", "a/b", [["a/b"], "3"]],
    ["keys with slashes at any depth", "a/c/d/e", [["a", "c/d", "e"], "2"]],
  ])("finds %s", (_, path, expected) => {
    expect(found(path)).toEqual(expected);
  });

  it.each(["b", "a/", "/a", "", "a/b/c", "s/t", "n/x", "A", "toString", "__proto__"])("misses %j", (path) => {
    expect(findInTree(tree, path)).toEqual({ kind: "missing" });
  });

  it.each(["l/0", "l/0/x", "l/length"])("stops at the array on the way of %j", (path) => {
    expect(findInTree(tree, path)).toEqual({ kind: "array", keys: ["l"] });
  });

  it("finds every path that is listed, and no array or null is", () => {
    expect(treePaths(tree)).toEqual(["a/b", "a/c/d/e", "s"]);
    for (const path of treePaths(tree)) expect(findInTree(tree, path).kind).toBe("found");
  });
});

describe("placeForNew", () => {
  it.each([
    ["z", ["z"]],
    ["z/y", ["z", "y"]],
    ["a/z/y", ["a", "z", "y"]],
    ["a/c/d/z", ["a", "c/d", "z"]],
    ["x/y/z", ["x/y", "z"]],
  ])("creates %s below what there is", (path, keys) => {
    expect(placeForNew(tree, path)).toEqual(keys);
  });

  it.each(["s/z", "l/0", "n/z", "a/b/z"])("finds %s blocked", (path) => {
    expect(placeForNew(tree, path)).toBeUndefined();
  });
});
