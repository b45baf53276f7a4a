import type { ObjectTree, Tree } from "./tree.js";

/** Where a path leads. `keys` are the object keys on the way; a key may itself contain slashes. */
export type Place =
  | { readonly kind: "found"; readonly keys: readonly string[]; readonly node: Tree }
  /** Through an array, whose items have no path. */
  | { readonly kind: "array"; readonly keys: readonly string[] }
  | { readonly kind: "missing" };

/**
 * Follows a path of keys separated by `/`. The longest key that fits wins, so that `a/b` finds the key "a/b"
 * before the key "b" inside "a".
 */
export function findInTree(tree: Tree, path: string): Place {
  if (tree.kind === "array") return { kind: "array", keys: [] };
  if (tree.kind !== "object") return { kind: "missing" };
  for (const key of leadingKeys(path)) {
    const child = tree.entries.get(key);
    if (child === undefined) continue;
    if (key === path) return { kind: "found", keys: [key], node: child };
    const place = findInTree(child, path.slice(key.length + 1));
    if (place.kind !== "missing") return { ...place, keys: [key, ...place.keys] };
  }
  return { kind: "missing" };
}

/**
 * The keys under which a path that {@link findInTree} misses is to be created: below the objects that exist,
 * every part an object of its own. `undefined` when something on the way is not an object.
 */
export function placeForNew(tree: ObjectTree, path: string): readonly string[] | undefined {
  for (const key of leadingKeys(path)) {
    const child = tree.entries.get(key);
    if (child === undefined) continue;
    if (child.kind !== "object") return undefined;
    const below = placeForNew(child, path.slice(key.length + 1));
    return below && [key, ...below];
  }
  return path.split("/");
}

/** `a/b/c`, `a/b`, `a`. */
function leadingKeys(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("/"));
}
