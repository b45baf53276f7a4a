import { ReferenceSyntaxError } from "../errors/reference-syntax-error.js";
import { formatReference } from "./format-reference.js";
import { isReference, parseReference } from "./parse-reference.js";
import { REFERENCE_SCHEME, type SecretReference } from "./secret-reference.js";

/** Literal text, or a reference whose value takes its place. */
export type TemplatePart = string | SecretReference;

const OPENING = `\${${REFERENCE_SCHEME}`;

/** Whether `text` is a reference, embeds one, or holds an escaped one: whether {@link parseTemplate} changes it. */
export function hasReferenceSyntax(text: string): boolean {
  return isReference(text) || text.includes(OPENING);
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
  for (let open = text.indexOf(OPENING); open !== -1; open = text.indexOf(OPENING, at)) {
    const before = text.slice(at, open);
    const dollars = countTrailingDollars(before);
    // Pairs of dollars stand for one each; an odd last one opens a reference.
    literal += before.slice(0, before.length - dollars) + "$".repeat(Math.ceil(dollars / 2));
    at = open + "${".length;
    if (dollars % 2 === 1) {
      literal += "{";
      continue;
    }
    const end = findClosing(text, at);
    if (literal !== "") parts.push(literal);
    literal = "";
    parts.push(parseReference(text.slice(at, end), at));
    at = end + 1;
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
    const escaped = escapeOpenings(literal);
    text += `${escaped}${"$".repeat(countTrailingDollars(escaped))}\${${formatReference(part)}}`;
    literal = "";
  }
  return text + escapeOpenings(literal);
}

function escapeOpenings(literal: string): string {
  const pieces = literal.split(OPENING);
  const last = pieces.pop() ?? "";
  return (
    pieces.map((piece) => `${piece}${"$".repeat(countTrailingDollars(piece) + 1)}${OPENING}`).join("") + last
  );
}

function countTrailingDollars(text: string): number {
  let start = text.length;
  while (text[start - 1] === "$") start -= 1;
  return text.length - start;
}

/** Where the reference that begins at `at` is closed: on its line, and before anything else is opened. */
function findClosing(text: string, at: number): number {
  const length = text.slice(at).search(/[{}\r\n]/);
  const end = at + length;
  if (length !== -1 && text[end] === "}") return end;
  // Quotes no more than this: where the reference ends nobody can tell, and a literal password may follow.
  throw new ReferenceSyntaxError({
    input: REFERENCE_SCHEME,
    position: 0,
    offset: at,
    reason: "its ${ is never closed",
    remedy: "Close it with }, or write $${ for a literal ${",
  });
}
