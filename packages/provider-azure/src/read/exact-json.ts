type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

// Both are ECMAScript 2026; the compiler's libraries for our target do not know them yet.
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** A value that `JSON.stringify` writes as this text. */
export const rawJSON: (text: string) => unknown = (JSON as unknown as { rawJSON: (text: string) => unknown })
  .rawJSON;

/** Parses JSON so that its numbers are written again exactly as they were, however large. */
export function parseJson(text: string): unknown {
  return parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined ? rawJSON(source) : value,
  );
}
