import {
  type Document,
  isMap,
  type Pair,
  Scalar,
  type SchemaOptions,
  type ToStringOptions,
  YAMLMap,
} from "yaml";
import { cannotEdit } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { parseYaml, rootOf } from "./yaml-document.js";

// Without the tags for numbers and booleans these are plain text to the parser, and are written back as they
// were: 1.10, 0x1F and integers beyond 2^53 too.
const AS_WRITTEN: SchemaOptions = {
  customTags: (tags) =>
    tags.filter((tag) => typeof tag === "string" || !/:(?:int|float|bool)$/.test(tag.tag)),
};

/** The text with `value` at `keys`, as a double-quoted string; comments and order stay. */
export function setInYaml(text: string, keys: readonly string[], value: string): string {
  const { document, root } = open(text);
  const scalar = new Scalar(value);
  scalar.type = Scalar.QUOTE_DOUBLE;
  const parent = keys.slice(0, -1).reduce((map, key) => mapAt(map, key, document), root);
  const last = keys.at(-1) ?? "";
  const pair = pairAt(parent, last);
  if (!pair) {
    // {} is how the library writes an empty mapping; what is put there need not stay on one line.
    if (parent.items.length === 0) parent.flow = false;
    parent.add(document.createPair(last, scalar));
  } else {
    if (pair.value instanceof Scalar) {
      scalar.comment = pair.value.comment ?? null;
      scalar.commentBefore = pair.value.commentBefore ?? null;
    }
    pair.value = scalar;
  }
  return write(document, text);
}

/** The text without what is at `keys`. Comments on lines of their own stay. */
export function removeFromYaml(text: string, keys: readonly string[]): string {
  const { document, root } = open(text);
  const parent = keys.slice(0, -1).reduce((map, key) => mapAt(map, key, document), root);
  const index = parent.items.findIndex(({ key }) => (key as Scalar).value === keys.at(-1));
  // To the library a comment belongs to the key below it: the head of a file to its first key.
  const [removed, next] = parent.items.slice(index).map(({ key }) => key as Scalar);
  if (next) next.commentBefore = joined(removed?.commentBefore, next.commentBefore);
  else document.comment = joined(removed?.commentBefore, document.comment);
  parent.items.splice(index, 1);
  return write(document, text);
}

function joined(...comments: (string | null | undefined)[]): string | null {
  return comments.filter((comment) => comment).join("\n\n") || null;
}

interface OpenDocument {
  readonly document: Document;
  readonly root: YAMLMap;
}

function open(text: string): OpenDocument {
  const parsed = parseYaml(text, AS_WRITTEN);
  const root = rootOf(parsed, text);
  const document = parsed as Document;
  document.contents = root;
  return { document, root };
}

function pairAt(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => (key as Scalar).value === name);
}

/** The mapping at a key, made where there is none. */
function mapAt(map: YAMLMap, key: string, document: Document): YAMLMap {
  const pair = pairAt(map, key);
  if (!pair) {
    const made = new YAMLMap(document.schema);
    map.add(document.createPair(key, made));
    return made;
  }
  // An alias: writing through it would change what its anchor stands for.
  if (!isMap(pair.value)) throw new Refusal(cannotEdit());
  return pair.value;
}

function write(document: Document, text: string): string {
  try {
    const written = document.toString(style(text));
    return text.includes("\r\n") ? written.replaceAll(/\r?\n/g, "\r\n") : written;
  } catch {
    // An alias has lost its anchor. The library's message names it: nothing of the file leaves here.
    throw new Refusal(cannotEdit());
  }
}

/** As the text is written, so far as the library can tell apart. */
function style(text: string): ToStringOptions {
  return {
    lineWidth: 0,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
    indent: /^( {1,8})[^\s#-]/m.exec(text)?.[1]?.length ?? 2,
    indentSeq: !/^( *)[^\s#-].*:[ \t]*\r?\n\1- /m.test(text),
    flowCollectionPadding: !/\{\S/.test(text),
  };
}
