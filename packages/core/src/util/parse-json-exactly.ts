type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

// Both are ECMAScript 2026; the compiler's libraries for our target do not know them yet.
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

/**
 * Parses JSON so that `JSON.stringify` writes the same numbers again: one that JavaScript would round or write another
 * way, as 18446744073709551615 or 1.10, becomes an object that stands for its text; all others are numbers.
 *
 * @throws {SyntaxError} whose message quotes the text: do not pass it on.
 */
export function parseJsonExactly(text: string): unknown {
  return parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && String(value) !== source ? rawJSON(source) : value,
  );
}
