import { isAlias, isMap, isScalar, isSeq, type Alias, type Node, type Scalar, type YAMLMap } from "yaml";
import { jsonText } from "../tree/json-text.js";
import type { ObjectTree, Tree } from "../tree/tree.js";
import { SyntaxFault } from "./syntax-fault.js";
import { parseYaml, rootOf } from "./yaml-document.js";

/** Most that all aliases of a file together may repeat, in characters: aliases of aliases grow exponentially. */
const MAX_REPEATED = 1024 * 1024;

const CORE = "tag:yaml.org,2002:";

/** Reads a YAML text. Throws a {@link SyntaxFault}. */
export function yamlTree(text: string): ObjectTree {
  return new TreeBuilder(text).object(rootOf(parseYaml(text), text));
}

class TreeBuilder {
  readonly #text: string;
  /** What each anchor stands for here; `undefined` while its own node is being read. */
  readonly #anchors = new Map<string, Tree | undefined>();
  #repeated = 0;

  constructor(text: string) {
    this.#text = text;
  }

  object(node: YAMLMap): ObjectTree {
    const entries = node.items.map(({ key, value }): [string, Tree] => [
      this.#wellFormed(String((key as Scalar).value), key as Scalar),
      this.#tree(value as Node | null),
    ]);
    return { kind: "object", entries: new Map(entries) };
  }

  #tree(node: Node | null): Tree {
    if (node === null) return { kind: "null" };
    if (isAlias(node)) return this.#alias(node);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    const tree = this.#content(node);
    if (anchor !== undefined) this.#anchors.set(anchor, tree);
    return tree;
  }

  #content(node: Node): Tree {
    if (isMap(node)) {
      this.#requireTag(node, "map");
      return this.object(node);
    }
    if (isSeq(node)) {
      this.#requireTag(node, "seq");
      return { kind: "array", items: node.items.map((item) => this.#tree(item as Node | null)) };
    }
    return this.#scalar(node as Scalar);
  }

  #alias(node: Alias): Tree {
    const tree = this.#anchors.get(node.source);
    if (tree === undefined) throw this.#fault(node, "the alias has no anchor before it");
    this.#repeated += jsonText(tree).length;
    if (this.#repeated > MAX_REPEATED) throw this.#fault(node, "aliases repeat too much");
    return tree;
  }

  #scalar(node: Scalar): Tree {
    const { value, source = "" } = node;
    if (node.tag === `${CORE}binary`) return { kind: "bytes", bytes: this.#base64(String(value), node) };
    if (typeof value === "string") {
      this.#requireTag(node, "str");
      return { kind: "text", text: this.#wellFormed(value, node) };
    }
    if (value === null) {
      this.#requireTag(node, "null");
      return { kind: "null" };
    }
    this.#requireTag(node, ...(typeof value === "boolean" ? ["bool"] : ["int", "float"]));
    return { kind: "literal", source };
  }

  /** A tag the parser does not know, or that does not fit, is only a warning to it. */
  #requireTag(node: Node, ...allowed: string[]): void {
    const { tag } = node as { tag?: string };
    if (tag !== undefined && tag !== "!" && !allowed.some((name) => tag === CORE + name))
      throw this.#fault(node, "the tag is not one of YAML's core schema, or does not fit the value");
  }

  #base64(text: string, node: Node): Uint8Array {
    const digits = text.replaceAll(/\s/g, "");
    if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits))
      throw this.#fault(node, "the binary value is not base64");
    return Buffer.from(digits, "base64");
  }

  /** Half a surrogate pair has no UTF-8: encoding would silently replace it. */
  #wellFormed(value: string, node: Node): string {
    if (!value.isWellFormed()) throw this.#fault(node, "the text is not valid Unicode");
    return value;
  }

  #fault(node: Node, reason: string): SyntaxFault {
    return SyntaxFault.at(this.#text, node.range?.[0] ?? 0, reason);
  }
}
