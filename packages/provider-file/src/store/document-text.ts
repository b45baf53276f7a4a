import { notUtf8, syntax } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import type { DocumentFormat } from "../format/document-format.js";
import { SyntaxFault } from "../format/syntax-fault.js";
import type { ObjectTree } from "../tree/tree.js";

const BYTE_ORDER_MARK = "\uFEFF";

/** A text file's content. */
export interface DocumentText {
  /** Without the byte order mark. */
  readonly text: string;
  /** The byte order mark, or nothing. */
  readonly mark: string;
}

/** Throws a {@link Refusal} for bytes that are not UTF-8. */
export function decodeText(bytes: Uint8Array, path: string): DocumentText {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
    return { text: text.slice(mark.length), mark };
  } catch {
    throw new Refusal(notUtf8(path));
  }
}

/** Throws a {@link Refusal} that says where the text is at fault. */
export function parseText(format: DocumentFormat, text: string, path: string): ObjectTree {
  try {
    return format.parse(text);
  } catch (error) {
    if (error instanceof SyntaxFault) throw new Refusal(syntax(path, error.line, error.column, error.reason));
    // The parsers call themselves for every level: the stack is what bounds the depth.
    if (error instanceof RangeError) throw new Refusal(syntax(path, 1, 1, "it is nested too deeply"));
    throw error;
  }
}
