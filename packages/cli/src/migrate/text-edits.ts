import { type Document, isMap, isScalar, type Pair, type YAMLMap } from "yaml";
import type { ManifestPath } from "@sluice/mode/manifests";

/** A part of a file's text, and what takes its place. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text with all edits made; everything else in it stays as it is. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return Array.from(edits)
    .sort((one, other) => other.start - one.start)
    .reduce((edited, { start, end, text: put }) => edited.slice(0, start) + put + edited.slice(end), text);
}

/** Replaces what stands at a path; `undefined` where that is no text of its own, but an alias of another. */
export function scalarEdit(
  document: Document,
  source: string,
  path: ManifestPath,
  value: string,
): TextEdit | undefined {
  const node = document.getIn(path, true);
  if (!isScalar(node) || node.range == null || node.anchor !== undefined) return undefined;
  const [start, end] = node.range;
  // Nothing stands there, right behind the colon.
  if (node.value === null && start === end) return { start, end, text: ` ${JSON.stringify(value)}` };
  const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
  const text = node.type === "PLAIN" && isPlain(value) ? value : JSON.stringify(value);
  return { start, end, text: isBlock && source[end - 1] === "\n" ? `${text}\n` : text };
}

/** Whether the map at a path has a member of this name. */
export function hasMember(document: Document, path: ManifestPath, name: string): boolean {
  const map = document.getIn(path, true);
  return isMap(map) && map.has(name);
}

/** Puts a member behind another one of a map; `undefined` where that cannot be found in the text. */
export function addEdit(
  document: Document,
  source: string,
  path: ManifestPath,
  behind: string,
  [name, value]: readonly [name: string, value: string],
): TextEdit | undefined {
  const map = document.getIn(path, true);
  if (!isMap(map) || map.anchor !== undefined) return undefined;
  const pair = map.items.find((item) => keyOf(item) === behind);
  if (pair === undefined || !isScalar(pair.value) || pair.value.range == null) return undefined;
  const [, end] = pair.value.range;
  const member = `${name}: ${JSON.stringify(value)}`;
  if (map.flow === true) return { start: end, end, text: `, ${member}` };
  const { start, lineBreak } = lineOf(source, pair);
  // An entry of a list begins with its dash.
  const indent = source.slice(start, rangeOf(pair.key)[0]).replaceAll(/\S/g, " ");
  return { start: end, end, text: `${lineBreak}${indent}${member}` };
}

/** Whether a text means the same without quotes, wherever it stands. */
function isPlain(text: string): boolean {
  return (
    /^[A-Za-z][\w/.:#?=&%@~$+-]*$/.test(text) && !/:$|^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
  );
}

/** Takes entries out of the map at a path and puts others in the place of the first; `undefined` where it cannot be found. */
export function mapEdits(
  document: Document,
  source: string,
  path: ManifestPath,
  remove: readonly string[],
  add: Readonly<Record<string, string>>,
): readonly TextEdit[] | undefined {
  if (remove.length === 0) return Object.keys(add).length === 0 ? [] : undefined;
  const map = document.getIn(path, true);
  if (!isMap(map) || map.range == null || map.anchor !== undefined) return undefined;
  if (map.flow === true) return [flowEdit(map, remove, add)];
  const [first, ...others] = map.items.filter((pair) => remove.includes(keyOf(pair)));
  if (first === undefined) return undefined;
  const place = lineOf(source, first);
  const added = Object.entries(add)
    .map(([name, value]) => `${place.indent}${name}: ${JSON.stringify(value)}${place.lineBreak}`)
    .join("");
  if (map.items.length === remove.length && added === "") return emptyEdits(document, source, path);
  return [
    { start: place.start, end: place.end, text: added },
    ...others.map((pair) => ({ ...lineOf(source, pair), text: "" })),
  ];
}

/** A map that would have nothing left goes with its name. */
function emptyEdits(document: Document, source: string, path: ManifestPath): readonly TextEdit[] | undefined {
  const parent = document.getIn(path.slice(0, -1), true);
  if (!isMap(parent) || parent.flow === true) return undefined;
  const own = parent.items.find((pair) => keyOf(pair) === path.at(-1));
  if (own === undefined) return undefined;
  if (parent.items.length > 1) return [{ ...lineOf(source, own), text: "" }];
  // The parent would be null then.
  const { range } = own.value as YAMLMap;
  return range == null ? undefined : [{ start: range[0], end: range[1], text: "{}\n" }];
}

function flowEdit(map: YAMLMap, remove: readonly string[], add: Readonly<Record<string, string>>): TextEdit {
  const kept = Object.entries(map.toJSON() as Readonly<Record<string, unknown>>).filter(
    ([name]) => !remove.includes(name),
  );
  const entries = [...kept, ...Object.entries(add)].map(
    ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  const [start, end] = map.range ?? [0, 0];
  return { start, end, text: entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }` };
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : "";
}

/** The lines of an entry, its comment behind it included. */
function lineOf(source: string, { key, value }: Pair) {
  const at = rangeOf(key)[0];
  const start = source.lastIndexOf("\n", at) + 1;
  const last = Math.max(rangeOf(key)[1], rangeOf(value)[1]);
  const lineEnd = source[last - 1] === "\n" ? last - 1 : source.indexOf("\n", last);
  const end = lineEnd === -1 ? source.length : lineEnd + 1;
  return { start, end, indent: source.slice(start, at), lineBreak: source[end - 2] === "\r" ? "\r\n" : "\n" };
}

function rangeOf(node: unknown): readonly [number, number] {
  const range: unknown = typeof node === "object" && node !== null && Reflect.get(node, "range");
  return Array.isArray(range) ? [range[0] as number, range[1] as number] : [0, 0];
}
