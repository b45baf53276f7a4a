import type { Tree } from "./tree.js";

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** The tree as compact JSON. Every digit of a number stays; bytes become base64. */
export function jsonText(tree: Tree): string {
  switch (tree.kind) {
    case "object":
      return `{${Array.from(tree.entries, ([key, value]) => `${JSON.stringify(key)}:${jsonText(value)}`).join(",")}}`;
    case "array":
      return `[${tree.items.map(jsonText).join(",")}]`;
    case "text":
      return JSON.stringify(tree.text);
    case "literal":
      return jsonLiteral(tree.source);
    case "bytes":
      return JSON.stringify(Buffer.from(tree.bytes).toString("base64"));
    case "null":
      return "null";
  }
}

/**
 * A number or boolean in YAML's notation as JSON has it: `True`, `0x1F`, `+.5`. What JSON cannot say,
 * `.inf` and `.nan`, becomes a string.
 */
function jsonLiteral(source: string): string {
  if (/^(?:true|false)$/i.test(source)) return source.toLowerCase();
  if (/^0[xo]/.test(source)) return String(BigInt(source));
  const number = source
    .replace("+", (sign, at) => (at === 0 ? "" : sign))
    .replace(/^(-?)0+(?=\d)/, "$1")
    .replace(/^(-?)\./, "$10.")
    .replace(/\.(?=e|$)/i, "");
  return JSON_NUMBER.test(number) ? number : JSON.stringify(source);
}
