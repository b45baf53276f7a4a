import type { GoString } from "../values/go-string.js";

/** Words that are no names of functions inside an action. */
export const KEYWORDS = [
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "nil",
  "range",
  "template",
  "with",
] as const;

/** What a token is; an `error` ends the template, its text says why. */
export type TokenType =
  | (typeof KEYWORDS)[number]
  | "assign"
  | "bool"
  | "char"
  | "character"
  | "declare"
  | "dot"
  | "eof"
  | "error"
  | "field"
  | "identifier"
  | "left-delimiter"
  | "left-paren"
  | "number"
  | "pipe"
  | "raw-string"
  | "right-delimiter"
  | "right-paren"
  | "space"
  | "string"
  | "text"
  | "variable";

/** A piece of a template. */
export interface Token {
  readonly type: TokenType;
  /** As it is written; for an `error`, what is wrong. */
  readonly text: GoString;
  /** Where it begins, in bytes. */
  readonly offset: number;
}
