import { DotenvSyntaxError, parseDotenv, removeDotenvEntry, setDotenvEntry } from "@sluice/core/dotenv";
import type { ObjectTree, Tree } from "../tree/tree.js";
import type { DocumentFormat } from "./document-format.js";
import { SyntaxFault } from "./syntax-fault.js";

/** `NAME=value` lines. A path is a variable's name. */
export const DOTENV_FORMAT: DocumentFormat = {
  emptyText: "",
  parse,
  set: (text, keys, value) => setDotenvEntry(text, keys.join("/"), value),
  remove: (text, keys) => removeDotenvEntry(text, keys.join("/")),
};

function parse(text: string): ObjectTree {
  try {
    const entries = parseDotenv(text).map(({ name, value }): [string, Tree] => [
      name,
      { kind: "text", text: value },
    ]);
    return { kind: "object", entries: new Map(entries) };
  } catch (error) {
    throw DotenvSyntaxError.isInstance(error) ? new SyntaxFault(error.reason, error) : error;
  }
}
