import type { BigIntStats } from "node:fs";
import type { SecretValue } from "@sluice/core";
import { binaryValue, cannotEdit, notAValue, notFound, tooLarge } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { fileVersion } from "../files/file-version.js";
import { replaceFile } from "../files/replace-file.js";
import type { DocumentFormat } from "../format/document-format.js";
import { SyntaxFault } from "../format/syntax-fault.js";
import { findInTree, type Place, placeForNew } from "../tree/find-in-tree.js";
import { jsonText } from "../tree/json-text.js";
import { replaceInTree } from "../tree/replace-in-tree.js";
import type { ObjectTree, Tree } from "../tree/tree.js";
import { treePaths } from "../tree/tree-paths.js";
import type { DocumentText } from "./document-text.js";
import type { Edit } from "./file-store.js";

/** A document about to be edited. */
export interface OpenedDocument extends DocumentText {
  readonly format: DocumentFormat;
  /** The path to change in it. */
  readonly path: string;
  readonly tree: ObjectTree;
  /** The file itself, links followed. */
  readonly target: string;
  /** Absent if there is no file yet. */
  readonly previous: BigIntStats | undefined;
  readonly maxBytes: number;
}

/** The edit of one path of a document. Its version is that of the whole file. */
export function documentEdit(document: OpenedDocument): Edit {
  const { format, path, text, tree, target, previous } = document;
  const place = findInTree(tree, path);

  const save = async (
    edited: string,
    keys: readonly string[],
    node: Tree | undefined,
    confirm: () => Promise<void>,
  ): Promise<string> => {
    requireTree(format, edited, replaceInTree(tree, keys, node));
    const bytes = Buffer.from(document.mark + edited);
    if (bytes.byteLength > document.maxBytes) throw new Refusal(tooLarge(target, document.maxBytes));
    return fileVersion(await replaceFile({ target, bytes, previous, confirm }));
  };

  return {
    ...(place.kind === "found" && previous && { version: fileVersion(previous) }),
    write: async (value, confirm) => {
      const written = textOf(value, target);
      const keys = placeOf(document, place);
      return save(format.set(text, keys, written), keys, { kind: "text", text: written }, confirm);
    },
    remove: async (confirm) => {
      if (place.kind !== "found") throw new Refusal(notFound(path, target, treePaths(tree)));
      await save(format.remove(text, place.keys), place.keys, undefined, confirm);
    },
  };
}

/** Every other value must stand as it was: of a file of secrets there may be no copy. */
function requireTree(format: DocumentFormat, text: string, tree: ObjectTree): void {
  try {
    if (jsonText(format.parse(text)) === jsonText(tree)) return;
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
  }
  throw new Refusal(cannotEdit());
}

function textOf(value: SecretValue, target: string): string {
  const text = value.textOrUndefined();
  if (text === undefined) throw new Refusal(binaryValue(target));
  return text;
}

/** Where a value for the path belongs. To replace several values by one, or a value by several, is never meant. */
function placeOf({ tree, path, target }: OpenedDocument, place: Place): readonly string[] {
  if (place.kind === "found" && !["object", "array"].includes(place.node.kind)) return place.keys;
  const keys = place.kind === "missing" ? placeForNew(tree, path) : undefined;
  if (!keys) throw new Refusal(notAValue(target));
  return keys;
}
