interface RawJson {
  rawJSON(text: string): object;
}

/**
 * Parses JSON so that writing it again gives the same numbers: one that JavaScript would round, or write
 * another way, is kept as it was written.
 */
export function parseLossless(text: string): unknown {
  const keepNumbers = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === "number" && context?.source !== undefined && String(value) !== context.source
      ? (JSON as unknown as RawJson).rawJSON(context.source)
      : value;
  return JSON.parse(text, keepNumbers);
}
