import { type Decoding, MAX_REFERENCE_LENGTH } from "@sluice/core";

/** Text of a key's template, or a field of the secret that takes its place. */
export type KeyPart = string | KeyField;

export interface KeyField {
  readonly field: string;
  readonly decode: readonly Decoding[];
}

/** Why a template cannot be taken over. Quotes names of functions only. */
export interface KeyFault {
  readonly fault: string;
}

/** Functions that a decoding is exactly. */
const FUNCTIONS: Readonly<Record<string, Decoding>> = {
  b64dec: "base64",
  b64enc: "encode-base64",
  trim: "trim",
  upper: "upper",
  lower: "lower",
  quote: "quote",
  urlquery: "urlquery",
};

// Left out are `default`, `toJson` and others whose outcome hangs on more than the text of one field that is there.
const FIELD = /^(?:\.(?<name>[A-Za-z_][A-Za-z0-9_]*)|index\s+\.\s+(?:"(?<quoted>[^"\\]+)"|`(?<raw>[^`]+)`))$/;
const CALL = /^(?<name>[A-Za-z_]\w*)(?:\s+(?<argument>\S.*))?$/s;

/** Whether a key is a template: as the notation decides it. */
export function isKeyTemplate(key: string): boolean {
  return key.includes("${") && key.includes("}");
}

/**
 * Reads a Go template with `${` and `}` for its delimiters, as far as it puts single fields into text and changes
 * them by functions that a decoding is.
 */
export function parseKeyTemplate(key: string): KeyPart[] | KeyFault {
  // Brackets are followed by recursion.
  if (key.length > MAX_REFERENCE_LENGTH)
    return { fault: `it is longer than ${MAX_REFERENCE_LENGTH} characters` };
  const parts: KeyPart[] = [];
  let at = 0;
  for (let open = key.indexOf("${"); open !== -1; open = key.indexOf("${", at)) {
    const end = key.indexOf("}", open);
    if (end === -1) return { fault: "its ${ is never closed" };
    let action = key.slice(open + 2, end);
    let before = key.slice(at, open);
    // White space beside these is taken away, as in text/template.
    if (/^-\s/.test(action)) [action, before] = [action.slice(1), before.trimEnd()];
    const trimsAfter = /\s-$/.test(action);
    if (trimsAfter) action = action.slice(0, -1);
    if (before !== "") parts.push(before);
    const part = parsePipeline(action.trim());
    if ("fault" in part) return part;
    parts.push(part);
    at = end + 1;
    if (trimsAfter) at += key.length - at - key.slice(at).trimStart().length;
  }
  if (at < key.length) parts.push(key.slice(at));
  return parts;
}

function parsePipeline(pipeline: string): KeyField | KeyFault {
  const [first = "", ...calls] = pipeline.split("|").map((stage) => stage.trim());
  const start = parseStage(first);
  if ("fault" in start) return start;
  const decode = [...start.decode];
  for (const call of calls) {
    const decoding = Object.hasOwn(FUNCTIONS, call) ? FUNCTIONS[call] : undefined;
    if (decoding === undefined) return unknown(call);
    decode.push(decoding);
  }
  return { field: start.field, decode };
}

/** A field, or functions of one: `upper .name`, `b64enc (trim .name)`. */
function parseStage(stage: string): KeyField | KeyFault {
  const { name, quoted, raw } = FIELD.exec(stage)?.groups ?? {};
  const field = name ?? quoted ?? raw;
  if (field !== undefined) return { field, decode: [] };
  const bracketed = /^\((?<inner>.*)\)$/s.exec(stage)?.groups?.["inner"];
  if (bracketed !== undefined) return parsePipeline(bracketed.trim());
  const { name: called = "", argument } = CALL.exec(stage)?.groups ?? {};
  const decoding = Object.hasOwn(FUNCTIONS, called) ? FUNCTIONS[called] : undefined;
  if (decoding === undefined || argument === undefined) return unknown(called === "" ? stage : called);
  const inner = parseStage(argument.trim());
  return "fault" in inner ? inner : { field: inner.field, decode: [...inner.decode, decoding] };
}

function unknown(stage: string): KeyFault {
  const name = /^[A-Za-z_]\w*/.exec(stage)?.[0];
  return { fault: name === undefined ? "it is more than fields and functions" : `it uses "${name}"` };
}
