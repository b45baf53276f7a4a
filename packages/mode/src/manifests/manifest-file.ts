import { ConfigError } from "@sluice/config";
import { type Document, LineCounter, parseAllDocuments } from "yaml";

/** A document of a file, with the text it was read from. */
export interface ManifestDocument {
  readonly document: Document;
  /** As plain data: anchors, aliases and merge keys resolved. */
  readonly value: unknown;
  /** Its text, without the line that separates it from the one before. */
  readonly text: string;
  /** Line and column, from 1, of what stands at a path, or of what comes nearest to it. */
  position(path: readonly (string | number)[]): { readonly line: number; readonly column: number };
}

/** A file of manifests, YAML or JSON. */
export interface ManifestFile {
  readonly file: string;
  readonly text: string;
  readonly documents: readonly ManifestDocument[];
}

/** How forgivingly a manifest is read. */
export interface ManifestOptions {
  /** Takes the last of several equal keys of a mapping; else they are a fault. */
  readonly lastKeyWins?: boolean;
}

/**
 * Reads the documents of a file, with their comments.
 *
 * @throws ConfigError `SLU1102` with the place of every fault; the parser's own messages may quote and are dropped
 */
export function parseManifestFile(
  file: string,
  text: string,
  { lastKeyWins = false }: ManifestOptions = {},
): ManifestFile {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    uniqueKeys: !lastKeyWins,
  });
  const documents = "empty" in parsed ? [] : parsed;
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const [first, ...others] = documents.flatMap(({ errors }) =>
    errors.map(({ code, pos }) => ({
      file,
      ...position(pos[0]),
      problem: `the YAML is not valid (${code.toLowerCase().replaceAll("_", " ")})`,
      remedy: "Correct the file",
    })),
  );
  if (first !== undefined) throw new ConfigError("SLU1102", [first, ...others]);
  return {
    file,
    text,
    documents: documents.map((document, index) => ({
      document,
      value: document.toJS({ maxAliasCount: 1_000 }) as unknown,
      // From the end of the one before, for comments come before what counts as its beginning.
      text: text.slice(documents[index - 1]?.range[2] ?? 0, document.range[2]).replace(/^---[ \t]*\r?\n/, ""),
      position: (path) => position(offsetOf(document, path)),
    })),
  };
}

function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const range: unknown = typeof node === "object" && node !== null && Reflect.get(node, "range");
    if (Array.isArray(range)) return range[0] as number;
  }
  return 0;
}
