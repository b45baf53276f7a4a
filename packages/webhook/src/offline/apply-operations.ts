import type { PatchOperation } from "@sluice/core/mutation";
import { type Document, isAlias, isMap, isNode, isSeq, type Node, visit } from "yaml";
import type { ManifestPath } from "@sluice/mode/manifests";

/**
 * Carries out a patch on a document, so that its comments and the order of what stays are kept. In a document with
 * aliases one place stands for several; it is written out first, and loses its comments.
 */
export function applyOperations(
  document: Document,
  base: ManifestPath,
  operations: readonly PatchOperation[],
): void {
  if (operations.length > 0 && hasAliases(document)) document.contents = document.createNode(document.toJS());
  for (const operation of operations) {
    const path = [...base, ...stepsOf(operation.path)];
    const parent = document.getIn(path.slice(0, -1), true);
    const last = path.at(-1);
    if (isSeq(parent) && operation.op !== "replace") {
      const index = Number(last);
      if (operation.op === "remove") parent.items.splice(index, 1);
      else parent.items.splice(index, 0, document.createNode(operation.value));
    } else if (operation.op === "remove") document.deleteIn(path);
    else document.setIn(path, replacing(document.createNode(operation.value), document.getIn(path, true)));
  }
}

/** A node with the comments of the one whose place it takes. */
function replacing(node: Node, before: unknown): Node {
  if (!isNode(before)) return node;
  const { comment, commentBefore } = before;
  if (comment != null) node.comment = comment;
  if (commentBefore != null) node.commentBefore = commentBefore;
  return node;
}

function stepsOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function hasAliases(document: Document): boolean {
  let found = false;
  visit(document, {
    Node: (_, node) => {
      found ||= isAlias(node) || (isMap(node) && node.has("<<"));
    },
  });
  return found;
}
