/**
 * A file breaks its format's rules. Says where and which rule and repeats nothing of the file: parsers quote
 * the text around a fault, so their messages never get in here. Does not leave this package.
 */
export class SyntaxFault extends Error {
  override readonly name = "SyntaxFault";
  /** From 1. */
  readonly line: number;
  /** In UTF-16 code units, from 1. */
  readonly column: number;
  readonly reason: string;

  constructor(reason: string, { line, column }: { readonly line: number; readonly column: number }) {
    super(reason);
    this.reason = reason;
    this.line = line;
    this.column = column;
  }

  /** The fault at an offset of `text`, in UTF-16 code units from 0. */
  static at(text: string, offset: number, reason: string): SyntaxFault {
    const lines = text.slice(0, offset).split(/\r\n?|\n/);
    return new SyntaxFault(reason, { line: lines.length, column: (lines.at(-1) ?? "").length + 1 });
  }
}
