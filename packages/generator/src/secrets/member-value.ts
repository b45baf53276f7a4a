import { SecretValue } from "@sluice/core";
import type { MemberEncoding, WantedEntry } from "../wanted/wanted-secret.js";

/** A member as it is written. */
function encodeMember(bytes: Uint8Array, encoding: MemberEncoding): SecretValue {
  if (encoding === "none") return SecretValue.fromBytes(bytes);
  return SecretValue.fromText(Buffer.from(bytes).toString(encoding));
}

/** The bytes of a member as it was read; nothing when it is not of that encoding. */
export function decodeMember(value: SecretValue, encoding: MemberEncoding): Uint8Array | undefined {
  if (encoding === "none") return value.bytes();
  const text = value.textOrUndefined()?.trim();
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, encoding);
  // The decoder passes over what it does not know.
  return withoutPadding(bytes.toString(encoding)) === withoutPadding(text)
    ? Uint8Array.from(bytes)
    : undefined;
}

/** What is put at a path: the one member that has no key, or a JSON object of those that have. */
export function entryValue(
  { members }: WantedEntry,
  present: ReadonlyMap<string, Uint8Array>,
  encoding: MemberEncoding,
): SecretValue {
  const encoded = members.map(({ field, key }) => ({
    key,
    value: encodeMember(present.get(field) ?? new Uint8Array(), encoding),
  }));
  const [first] = encoded;
  if (first !== undefined && first.key === undefined) return first.value;
  return SecretValue.fromText(
    JSON.stringify(Object.fromEntries(encoded.map(({ key, value }) => [key, value.text()]))),
  );
}

function withoutPadding(text: string): string {
  return text.replace(/=+$/, "");
}
