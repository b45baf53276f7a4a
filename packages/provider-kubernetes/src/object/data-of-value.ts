import type { Failure, SecretValue } from "@sluice/core";

/** The parts of an object that hold its data, as the API takes them. */
export type ObjectData = Readonly<Record<"data" | "binaryData", Readonly<Record<string, string>>>>;

// Bounds of the API: of a key, and of all values of an object together.
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;
const LARGEST = 1024 * 1024;

/** What is put, the text of a JSON object of strings, as an object's data. The parser's messages quote the text. */
export function dataOfValue(kind: "Secret" | "ConfigMap", value: SecretValue): ObjectData | Failure {
  const fields = parseFields(value);
  if (fields === undefined) return NOT_FIELDS;
  const bad = fields.findIndex(([name]) => !KEY.test(name) || name === "." || name.startsWith(".."));
  if (bad >= 0) return BAD_KEY;
  const size = fields.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
  if (size > LARGEST) return TOO_LARGE;
  const encode = (text: string): string => (kind === "Secret" ? Buffer.from(text).toString("base64") : text);
  return { data: Object.fromEntries(fields.map(([name, text]) => [name, encode(text)])), binaryData: {} };
}

function parseFields(value: SecretValue): [string, string][] | undefined {
  const text = value.textOrUndefined();
  if (text === undefined || !/^\s*\{/.test(text)) return undefined;
  let parsed: object;
  try {
    parsed = JSON.parse(text) as object;
  } catch {
    return undefined;
  }
  const entries = Object.entries(parsed);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === "string")
    ? entries
    : undefined;
}

const NOT_FIELDS: Failure = {
  status: "invalid",
  reason: "not-fields",
  message: "cannot be written: the value is not a JSON object of strings",
  remedy: 'Write every key of its data, as in {"username": "…", "password": "…"}',
};

// The key is not told: what is put by mistake may be the value.
const BAD_KEY: Failure = {
  status: "invalid",
  reason: "key",
  message: "cannot be written: a key of its data is one that Kubernetes does not take",
  remedy: "Use letters, digits, `-`, `_` and `.`, at most 253 of them",
};

const TOO_LARGE: Failure = {
  status: "invalid",
  reason: "too-large",
  message: "cannot be written: Kubernetes takes at most 1 MiB of data",
  remedy: "Split it, or keep it elsewhere",
};
