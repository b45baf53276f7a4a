import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, type Document } from "yaml";
import { ConfigError, type ConfigIssue } from "./config-error.js";

/** A YAML file whose values can be traced back to line and column. */
export interface YamlSource {
  readonly value: unknown;
  /** The issue's position: of the last key of a path, or of what it holds. */
  issue(path: readonly string[], at: "key" | "value", problem: string, remedy: string): ConfigIssue;
  /** A scalar as it is written: `0123`, `1.10` and `yes` stay what they are. */
  textOf(path: readonly string[]): string;
}

/** Reads YAML 1.2. Throws {@link ConfigError} `SLU1102`; the parser's own messages are dropped, for they quote. */
export function parseYamlSource(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const position = (offset: number): Pick<ConfigIssue, "line" | "column"> => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const faults = document.errors.map(({ code, pos }) => ({
    file,
    ...position(pos[0]),
    problem: FAULTS[code] ?? `the YAML is not valid (${code.toLowerCase().replaceAll("_", " ")})`,
    remedy: "Correct the file",
  }));
  const [first, ...others] = faults;
  if (first !== undefined) throw new ConfigError("SLU1102", [first, ...others]);

  return {
    value: toValue(document, file),
    issue: (path, at, problem, remedy) => ({
      file,
      ...position(offsetOf(document, path, at)),
      problem,
      remedy,
    }),
    textOf: (path) => {
      const node = document.getIn(path, true);
      return isScalar(node)
        ? typeof node.value === "string"
          ? node.value
          : (node.source ?? String(node.value))
        : "";
    },
  };
}

const FAULTS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "this key is there twice",
  TAB_AS_INDENT: "a tab is used to indent; YAML takes spaces only",
  BAD_INDENT: "the indentation does not fit",
  MULTIPLE_DOCS: "there is more than one document",
};

/** The document as plain data; aliases are bounded, so that a small file cannot become a huge value. */
function toValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw new ConfigError("SLU1102", [
      {
        file,
        problem: "an alias (*name) has no anchor (&name) before it, or there are too many",
        remedy: "Write the value out",
      },
    ]);
  }
}

function offsetOf(document: Document.Parsed, path: readonly string[], at: "key" | "value"): number {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  if (path.length > 0 && isMap(parent)) {
    const pair = parent.items.find(({ key }) => String(isScalar(key) ? key.value : key) === path.at(-1));
    const node = (at === "key" ? pair?.key : (pair?.value ?? pair?.key)) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  // An entry of a list has no key.
  const entry = isSeq(parent) ? parent.get(Number(path.at(-1)), true) : undefined;
  if (isNode(entry) && entry.range) return entry.range[0];
  return document.contents?.range?.[0] ?? 0;
}
