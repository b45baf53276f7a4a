import { parseJsonExactly } from "@sluice/core";
import type { Document } from "yaml";
import type { Fields } from "./multi-value-field.js";

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * The fields of a YAML mapping: a scalar as it is written, without quotes; anything else as JSON; `undefined` if
 * the text is none.
 */
export async function yamlFields(text: string): Promise<Fields | undefined> {
  // Loaded here because few stores need it.
  const yaml = await import("yaml");
  try {
    // The parser's complaints quote the text, so none is heeded but that there is one.
    const document: Document = yaml.parseDocument(text);
    const { contents, errors } = document;
    if (errors.length > 0 || !yaml.isMap(contents)) return undefined;
    yaml.visit(document, {
      Scalar: (_, node) => {
        if (typeof node.value === "number" && JSON_NUMBER.test(node.source ?? ""))
          node.value = parseJsonExactly(node.source ?? "");
      },
    });
    const fields = contents.items.map(({ key, value: item }): [string, string | undefined] => {
      const node = yaml.isAlias(item) ? item.resolve(document) : item;
      const name = yaml.isScalar(key) ? (key.source ?? String(key.value)) : "";
      if (node === undefined) throw new Error("an alias to nothing");
      if (!yaml.isScalar(node)) return [name, JSON.stringify(yaml.isNode(node) ? node.toJS(document) : node)];
      if (node.value === null) return [name, undefined];
      return [
        name,
        typeof node.value === "string" ? node.value : (node.source ?? JSON.stringify(node.value)),
      ];
    });
    return new Map(fields);
  } catch {
    // An alias to nothing, or more of them than the parser follows.
    return undefined;
  }
}
