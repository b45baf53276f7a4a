import type { ObjectTree, Tree } from "./tree.js";

/** The tree with `node` at `keys`, objects made where they are missing; without it when `node` is absent. */
export function replaceInTree(tree: ObjectTree, keys: readonly string[], node: Tree | undefined): ObjectTree {
  const [key, ...rest] = keys;
  if (key === undefined) return tree;
  const entries = new Map(tree.entries);
  if (rest.length > 0) {
    const child = entries.get(key);
    const parent: ObjectTree = child?.kind === "object" ? child : { kind: "object", entries: new Map() };
    entries.set(key, replaceInTree(parent, rest, node));
  } else if (node === undefined) entries.delete(key);
  else entries.set(key, node);
  return { kind: "object", entries };
}
