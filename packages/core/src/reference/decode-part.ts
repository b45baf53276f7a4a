import { percentDecode } from "./percent-encoding.js";

/** Reports a fault at an offset of the reference being read. */
export type Fail = (position: number, reason: string, remedy: string) => never;

/** Decodes one part of a reference that begins at `at`. */
export function decodePart(text: string, at: number, what: string, fail: Fail): string {
  return percentDecode(text, (position, reason) =>
    fail(
      at + position,
      `${reason} in the ${what}`,
      "Write special characters percent-encoded, as in %20 or %7D",
    ),
  );
}
