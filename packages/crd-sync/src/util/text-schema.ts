import type { JsonSchema } from "@sluice/core";

/**
 * A text of somebody else's kind, which may bound none: one of megabytes would be worked through for all at every look.
 *
 * @param maxLength in characters; by default that of the longest path, address or expression that anybody needs
 */
export function textSchema(maxLength = 2_048): JsonSchema {
  return { type: "string", maxLength };
}

/** A {@link textSchema} that is not empty. */
export const TEXT: JsonSchema = { ...textSchema(), minLength: 1 };
