import { isMap, parseDocument, YAMLMap } from "yaml";
import type { Document, DocumentOptions, ParsedNode, ParseOptions, SchemaOptions, YAMLError } from "yaml";
import { SyntaxFault } from "./syntax-fault.js";

const OPTIONS: ParseOptions & DocumentOptions & SchemaOptions = {
  version: "1.2",
  schema: "core",
  // Keys are text: 1 and true are names like any other.
  stringKeys: true,
  uniqueKeys: true,
  // Tags of YAML 1.1 (!!set, !!timestamp, ...) stay unresolved, and so are refused.
  resolveKnownTags: false,
  // A pretty message quotes the text.
  prettyErrors: false,
  // "silent" would also hush a second document.
  logLevel: "error",
};

/** The one document of a text; its root may be anything. Throws a {@link SyntaxFault}. */
export function parseYaml(text: string, options: SchemaOptions = {}): Document.Parsed {
  const document = parseDocument(text, { ...OPTIONS, ...options });
  const [error] = document.errors;
  if (error) throw SyntaxFault.at(text, error.pos[0], inWords(error));
  const { yaml } = document.directives;
  if (yaml.explicit && yaml.version !== "1.2") throw SyntaxFault.at(text, 0, "the YAML version is not 1.2");
  return document;
}

/** The root mapping; an empty text is an empty one. Throws a {@link SyntaxFault} for any other root. */
export function rootOf(document: Document.Parsed, text: string): YAMLMap {
  const { contents } = document as { contents: ParsedNode | null };
  if (contents === null) return new YAMLMap(document.schema);
  if (!isMap(contents)) throw SyntaxFault.at(text, contents.range[0], "the root is not a mapping");
  return contents;
}

/** The code of an error, such as `DUPLICATE_KEY`; its message may quote the text. */
function inWords({ code }: YAMLError): string {
  return code === "RESOURCE_EXHAUSTION" ? "it is nested too deeply" : code.toLowerCase().replaceAll("_", " ");
}
