import { ReferenceSyntaxError } from "../errors/reference-syntax-error.js";
import { formatReference } from "./format-reference.js";
import { isReference, parseReference } from "./parse-reference.js";
import { REFERENCE_SCHEME, type SecretReference } from "./secret-reference.js";

/** Literal text, or a reference whose value takes its place. */
export type TemplatePart = string | SecretReference;

// One or more dollars before an opening: pairs of them stand for one dollar each, an odd last one opens.
const OPENING = new RegExp(`(\\$+)\\{(?=${REFERENCE_SCHEME})`, "g");

/** Whether `text` is a reference, embeds one, or holds an escaped one: whether {@link parseTemplate} changes it. */
export function hasReferenceSyntax(text: string): boolean {
  return isReference(text) || text.includes(`\${${REFERENCE_SCHEME}`);
}

/**
 * Splits a text into literals and references. A text that begins with `secret://` is one reference as a
 * whole; elsewhere each `${secret://…}` is one. `$${secret://` stands for a literal `${secret://`; no other
 * text is ever changed, so values that merely contain `$` or `${NAME}` stay what they are.
 *
 * Throws {@link ReferenceSyntaxError}; its `offset` is where the reference begins in `text`.
 */
export function parseTemplate(text: string): TemplatePart[] {
  return isReference(text) ? [parseReference(text)] : parseEmbedded(text);
}

/** Like {@link parseTemplate} for text, as in a file, that is never one reference as a whole. */
export function parseEmbedded(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal = "";
  let at = 0;
  OPENING.lastIndex = 0;
  for (let match = OPENING.exec(text); match !== null; match = OPENING.exec(text)) {
    const dollars = match[1]?.length ?? 0;
    literal += text.slice(at, match.index) + "$".repeat(Math.floor(dollars / 2));
    at = OPENING.lastIndex;
    if (dollars % 2 === 0) {
      literal += "{";
      continue;
    }
    const end = text.indexOf("}", at);
    if (end === -1) throw unclosed(text, at);
    if (literal !== "") parts.push(literal);
    literal = "";
    parts.push(parseReference(text.slice(at, end), at));
    at = end + 1;
    OPENING.lastIndex = at;
  }
  literal += text.slice(at);
  if (literal !== "") parts.push(literal);
  return parts;
}

/** Writes parts as embedded text, which {@link parseEmbedded} reads back: literals escaped where they must be. */
export function formatTemplate(parts: readonly TemplatePart[]): string {
  let text = "";
  let literal = "";
  for (const part of parts) {
    if (typeof part === "string") {
      literal += part;
      continue;
    }
    text += `${escape(literal).replace(/\$+$/, double)}\${${formatReference(part)}}`;
    literal = "";
  }
  return text + escape(literal);
}

function escape(literal: string): string {
  return literal.replaceAll(OPENING, (_, dollars: string) => `${double(dollars)}{`);
}

function double(dollars: string): string {
  return dollars + dollars;
}

// Quotes the text up to its first white space only: what follows may be a literal password.
function unclosed(text: string, at: number): ReferenceSyntaxError {
  const [input = ""] = text.slice(at).split(/\s/, 1);
  return new ReferenceSyntaxError({
    input,
    position: input.length,
    offset: at,
    reason: "its ${ is never closed",
    remedy: "Close it with }, or write $${ for a literal ${",
  });
}
