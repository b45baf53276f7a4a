import type { Failure } from "../provider/secret-outcome.js";
import type { Decoding } from "../reference/secret-reference.js";
import { SecretValue } from "../value/secret-value.js";
import { TEXT_ENCODINGS } from "./encode-text.js";

// Of text without white space, for `base64` and PEM write line breaks.
const PATTERNS = {
  base64: /^[A-Za-z0-9+/]*={0,2}$/,
  base64url: /^[A-Za-z0-9_-]*={0,2}$/,
  hex: /^[0-9a-fA-F]*$/,
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
  if (decoding === "encode-base64")
    return SecretValue.fromText(Buffer.from(value.bytes()).toString("base64"));
  const text = value.textOrUndefined();
  if (text === undefined) return undefined;
  if (isTextEncoding(decoding)) return SecretValue.fromText(TEXT_ENCODINGS[decoding](text));
  if (decoding === "trim") return SecretValue.fromText(text.trim());
  if (decoding === "username" || decoding === "password") {
    // A password may have colons of its own.
    const [, username, password] = /^([^:]*):(.*)$/s.exec(text) ?? [];
    const half = decoding === "username" ? username : password;
    return half === undefined ? undefined : SecretValue.fromText(half);
  }
  const encoded = text.replaceAll(/\s+/g, "");
  if (!PATTERNS[decoding].test(encoded) || !hasWholeBytes(encoded, decoding)) return undefined;
  return SecretValue.fromBytes(Buffer.from(encoded, decoding));
}

function isTextEncoding(decoding: Decoding): decoding is keyof typeof TEXT_ENCODINGS {
  return decoding in TEXT_ENCODINGS;
}

function hasWholeBytes(encoded: string, decoding: keyof typeof PATTERNS): boolean {
  if (decoding === "hex") return encoded.length % 2 === 0;
  // Padding may be left out, but is right if it is there. A single left-over character is less than a byte.
  return encoded.endsWith("=") ? encoded.length % 4 === 0 : encoded.length % 4 !== 1;
}
