import { insideArray, isNull, notFound } from "../failure/failures.js";
import { findInTree } from "../tree/find-in-tree.js";
import type { Tree } from "../tree/tree.js";
import { treePaths } from "../tree/tree-paths.js";
import { treeValue } from "../tree/tree-value.js";
import type { Entry } from "./file-store.js";

/** What a path of a document's tree gives; `file` is named in messages. */
export function documentEntry(
  tree: Tree,
  path: string,
  file: string,
  stamp: { readonly version: string; readonly updatedAt: number },
): Entry {
  const place = findInTree(tree, path);
  if (place.kind === "missing") return notFound(path, file, treePaths(tree));
  if (place.kind === "array") return insideArray(file, place.keys.join("/"));
  const value = treeValue(place.node);
  return value === undefined ? isNull(file) : { value, ...stamp };
}
