import type { ObjectTree } from "../tree/tree.js";

/** One notation of a file that holds many secrets. Pure: text in, tree or text out. */
export interface DocumentFormat {
  /** What a new file starts from. */
  readonly emptyText: string;
  /** Throws a `SyntaxFault`. */
  readonly parse: (text: string) => ObjectTree;
  /** The text with `value` at `keys`, comments and order kept. */
  readonly set: (text: string, keys: readonly string[], value: string) => string;
  /** The text without what is at `keys`, which is there. */
  readonly remove: (text: string, keys: readonly string[]) => string;
}

/** Loads a notation with its parser on first use: nobody pays for the notations he does not have. */
export async function loadFormat(name: "dotenv" | "json" | "yaml"): Promise<DocumentFormat> {
  switch (name) {
    case "dotenv":
      return (await import("./dotenv-format.js")).DOTENV_FORMAT;
    case "json":
      return (await import("./json-format.js")).JSON_FORMAT;
    case "yaml":
      return (await import("./yaml-format.js")).YAML_FORMAT;
  }
}
