import { insideArray, isNull, notFound } from "../failure/failures.js";
import { findInTree } from "../tree/find-in-tree.js";
import type { Tree } from "../tree/tree.js";
import { treeValue } from "../tree/tree-value.js";
import type { Entry } from "./file-store.js";

/** The document a path is looked up in. */
export interface DocumentPlace {
  /** Named in messages. */
  readonly file: string;
  /** Paths that may have been meant by one that is missing. */
  readonly known: readonly string[];
  readonly version: string;
  readonly updatedAt: number;
}

/** What a path of a document's tree gives. */
export function documentEntry(
  tree: Tree,
  path: string,
  { file, known, version, updatedAt }: DocumentPlace,
): Entry {
  const place = findInTree(tree, path);
  if (place.kind === "missing") return notFound(path, file, known);
  if (place.kind === "array") return insideArray(file, place.keys.join("/"));
  const value = treeValue(place.node);
  return value === undefined ? isNull(file) : { value, version, updatedAt };
}
