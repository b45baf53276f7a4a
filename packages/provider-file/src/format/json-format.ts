import {
  applyEdits,
  modify,
  type ModificationOptions,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import type { ObjectTree, Tree } from "../tree/tree.js";
import type { DocumentFormat } from "./document-format.js";
import { SyntaxFault } from "./syntax-fault.js";

/** Strict JSON (RFC 8259), and no key twice. */
export const JSON_FORMAT: DocumentFormat = {
  emptyText: "{\n}\n",
  parse,
  set: (text, keys, value) => edit(text, keys, value),
  remove: (text, keys) => edit(text, keys, undefined),
};

function parse(text: string): ObjectTree {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [error] = errors;
  if (error) throw SyntaxFault.at(text, error.offset, inWords(printParseErrorCode(error.error)));
  const tree = root && convert(root, text);
  if (tree?.kind !== "object") throw SyntaxFault.at(text, root?.offset ?? 0, "the root is not an object");
  return tree;
}

/** `PropertyNameExpected`: "property name expected". */
function inWords(code: string): string {
  return code.replaceAll(/(?!^)[A-Z]/g, " $&").toLowerCase();
}

function convert(node: Node, text: string): Tree {
  const { children = [] } = node;
  switch (node.type) {
    case "object":
      return { kind: "object", entries: convertProperties(children, text) };
    case "array":
      return { kind: "array", items: children.map((child) => convert(child, text)) };
    case "string":
      return { kind: "text", text: wellFormed(node, text) };
    case "null":
      return { kind: "null" };
    default:
      return { kind: "literal", source: text.slice(node.offset, node.offset + node.length) };
  }
}

function convertProperties(properties: readonly Node[], text: string): ReadonlyMap<string, Tree> {
  const entries = new Map<string, Tree>();
  for (const { children: [key, value] = [] } of properties) {
    if (!key || !value) continue;
    const name = wellFormed(key, text);
    if (entries.has(name)) throw SyntaxFault.at(text, key.offset, "duplicate key");
    entries.set(name, convert(value, text));
  }
  return entries;
}

/** Half a surrogate pair has no UTF-8: encoding would silently replace it. */
function wellFormed(node: Node, text: string): string {
  const value = String(node.value);
  if (!value.isWellFormed()) throw SyntaxFault.at(text, node.offset, "the string is not valid Unicode");
  return value;
}

function edit(text: string, keys: readonly string[], value: string | undefined): string {
  return applyEdits(text, modify(text, [...keys], value, style(text)));
}

/** As the text is written. What stands on one line stays on one line. */
function style(text: string): ModificationOptions {
  if (!text.trimEnd().includes("\n")) return {};
  const indentation = /^([ \t]+)"/m.exec(text)?.[1] ?? "  ";
  return {
    formattingOptions: {
      insertSpaces: !indentation.startsWith("\t"),
      tabSize: indentation.length,
      eol: text.includes("\r\n") ? "\r\n" : "\n",
    },
  };
}
