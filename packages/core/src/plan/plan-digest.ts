import { createHash } from "node:crypto";

/** Tells one plan from another: `sha256:` and the SHA-256 of its text as it stands in the variable. */
export function planDigest(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
