import { randomBytes } from "node:crypto";

/** A text that appears nowhere by accident, with characters that notations escape. */
export function canary(): string {
  const word = (): string => randomBytes(12).toString("base64url");
  return `${word()} "${word()}"/é`;
}
