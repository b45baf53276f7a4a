/** A file of annotations that is none. */
export interface AnnotationsFileProblem {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
}

/** What a file of annotations says. */
export interface AnnotationsFile {
  readonly annotations: Readonly<Record<string, string>>;
  readonly problems: readonly AnnotationsFileProblem[];
}

/**
 * Reads the file that the kubelet writes for a volume's `metadata.annotations`: a line an annotation, `key="value"`,
 * the value quoted as in Go. A value without quotes counts as it stands, as with kees. Of a key that is there twice
 * the last counts.
 */
export function parseAnnotationsFile(text: string): AnnotationsFile {
  const annotations = new Map<string, string>();
  const problems: AnnotationsFileProblem[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const end = line.indexOf("=");
    const value = end < 1 ? undefined : valueOf(line.slice(end + 1));
    if (value === undefined) problems.push({ line: index + 1, problem: 'is not of the form KEY="VALUE"' });
    else annotations.set(line.slice(0, end), value);
  }
  return { annotations: Object.fromEntries(annotations), problems };
}

function valueOf(text: string): string | undefined {
  return text.startsWith('"') ? unquote(text) : text;
}

/** What the kubelet's `%q` writes: the escapes of a Go string. */
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([abfnrtv"\\]))|([^"\\])/gsuy;
const SHORT: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  '"': '"',
  "\\": "\\",
};

/** Nothing where the quotes do not close at the end, or an escape is none. */
function unquote(text: string): string | undefined {
  if (text.length < 2 || !text.endsWith('"')) return undefined;
  const body = text.slice(1, -1);
  let result = "";
  let end = 0;
  ESCAPE.lastIndex = 0;
  for (let found = ESCAPE.exec(body); found !== null; found = ESCAPE.exec(body)) {
    const [, byte, short, long, letter, plain] = found;
    const code = byte ?? short ?? long;
    const point = code === undefined ? undefined : Number.parseInt(code, 16);
    if (point !== undefined && point > 0x10_ff_ff) return undefined;
    result += point === undefined ? (plain ?? SHORT[letter ?? ""] ?? "") : String.fromCodePoint(point);
    end = ESCAPE.lastIndex;
  }
  return end === body.length ? result : undefined;
}
