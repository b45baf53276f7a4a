import { inspect } from "node:util";

/**
 * Everything that can be seen of a value without calling it: inspected, as JSON, and each text and array of
 * bytes it leads to, through properties that are hidden too.
 */
export function reachableText(root: unknown): string {
  return [inspected(root), json(root), ...textsOf(root)].join("\n");
}

function inspected(root: unknown): string {
  return inspect(root, {
    showHidden: true,
    depth: Infinity,
    getters: true,
    maxArrayLength: null,
    maxStringLength: null,
  });
}

function json(root: unknown): string {
  try {
    return JSON.stringify(root) ?? "";
  } catch {
    // Circular, or with a big integer: nobody gets to see it this way.
    return "";
  }
}

function textsOf(root: unknown): readonly string[] {
  const texts: string[] = [];
  const seen = new Set<unknown>([root]);
  // A set that grows while it is walked goes on to what was added.
  for (const value of seen) {
    if (typeof value === "string") texts.push(value);
    else if (ArrayBuffer.isView(value)) texts.push(...textsOfBytes(value));
    else if (value !== null && (typeof value === "object" || typeof value === "function"))
      for (const next of partsOf(value)) seen.add(next);
  }
  return texts;
}

function textsOfBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): readonly string[] {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return [bytes.toString(), bytes.toString("utf16le")];
}

function* partsOf(value: object): Generator {
  if (value instanceof Map) yield* value.keys();
  if (value instanceof Map || value instanceof Set) yield* value.values();
  if (value instanceof ArrayBuffer) yield new Uint8Array(value);
  for (const key of Reflect.ownKeys(value)) {
    yield key;
    yield Reflect.getOwnPropertyDescriptor(value, key)?.value;
  }
}
