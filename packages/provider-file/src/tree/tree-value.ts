import { SecretValue } from "@sluice/core";
import { jsonText } from "./json-text.js";
import type { Tree } from "./tree.js";

/**
 * What reading a node gives: text and bytes as they are, numbers and booleans as written, an array as JSON, an
 * object as a map of its entries. `undefined` for null; null entries of an object are left out.
 */
export function treeValue(node: Tree): SecretValue | ReadonlyMap<string, SecretValue> | undefined {
  if (node.kind !== "object") return scalarValue(node);
  return new Map(
    Array.from(node.entries).flatMap(([key, child]) => {
      const value = scalarValue(child);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}

function scalarValue(node: Tree): SecretValue | undefined {
  switch (node.kind) {
    case "text":
      return SecretValue.fromText(node.text);
    case "literal":
      return SecretValue.fromText(node.source);
    case "bytes":
      return SecretValue.fromBytes(node.bytes);
    case "null":
      return undefined;
    case "object":
    case "array":
      return SecretValue.fromText(jsonText(node));
  }
}
