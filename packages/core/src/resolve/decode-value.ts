import type { Failure } from "../provider/secret-outcome.js";
import type { Decoding } from "../reference/secret-reference.js";
import { SecretValue } from "../value/secret-value.js";

// Line breaks are allowed, as `base64` and PEM write them; padding may be left out.
const PATTERNS = {
  base64: /^[A-Za-z0-9+/\s]*={0,2}\s*$/,
  base64url: /^[A-Za-z0-9_\-\s]*={0,2}\s*$/,
  hex: /^(?:[0-9a-fA-F]{2}|\s)*$/,
} as const;

/** Applies decodings from left to right. What is not so encoded is a failure, never half a value. */
export function decodeValue(value: SecretValue, decodings: readonly Decoding[]): SecretValue | Failure {
  let current = value;
  for (const decoding of decodings) {
    const decoded = decodeOnce(current, decoding);
    if (decoded === undefined)
      return {
        status: "invalid",
        reason: "not-decodable",
        message: `cannot be decoded as ${decoding}`,
        remedy: "Correct decode= in the reference, or the value in its store",
      };
    current = decoded;
  }
  return current;
}

function decodeOnce(value: SecretValue, decoding: Decoding): SecretValue | undefined {
  const text = value.textOrUndefined();
  if (text === undefined) return undefined;
  if (decoding === "trim") return SecretValue.fromText(text.trim());
  if (!PATTERNS[decoding].test(text)) return undefined;
  const compact = text.replaceAll(/[\s=]/g, "");
  // A single left-over character of four encodes six bits: less than a byte.
  if (decoding !== "hex" && compact.length % 4 === 1) return undefined;
  return SecretValue.fromBytes(Buffer.from(compact, decoding));
}
