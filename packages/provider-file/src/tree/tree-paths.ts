import type { Tree } from "./tree.js";

/** Paths of all scalar leaves that can be read, sorted. */
export function treePaths(tree: Tree): string[] {
  return Array.from(new Set(leaves(tree))).sort();
}

function leaves(tree: Tree): string[] {
  if (tree.kind !== "object") return [];
  return Array.from(tree.entries).flatMap(([key, child]) => {
    if (child.kind === "object") return leaves(child).map((below) => `${key}/${below}`);
    return child.kind === "array" || child.kind === "null" ? [] : [key];
  });
}
