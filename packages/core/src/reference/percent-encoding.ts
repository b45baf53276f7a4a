// What stands for itself in a reference: RFC 3986's unreserved characters, and the delimiters that have no
// meaning in our notation. Everything else is written as percent-encoded UTF-8.
const LITERAL = /^[A-Za-z0-9\-._~!$'()*+,;=:@/]$/;

// C0 controls, DEL and C1 controls: no store's path has them, log lines and terminals suffer from them.
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

// What never stands in a reference, not even as a delimiter: where a reference certainly ends.
const FOREIGN = /[\s{}"<>\\^`|]/;

/** Offset of the first character that cannot be part of a reference, or -1. */
export function findForeign(text: string): number {
  return text.search(FOREIGN);
}

/**
 * Percent-encodes `text`; characters of `alsoEncode` too, though they would stand for themselves. Half a
 * character (a lone surrogate) has no encoding and is left for {@link percentDecode} to refuse.
 */
export function percentEncode(text: string, alsoEncode = ""): string {
  let out = "";
  for (const character of text)
    out +=
      (LITERAL.test(character) && !alsoEncode.includes(character)) || !character.isWellFormed()
        ? character
        : Array.from(new TextEncoder().encode(character), hexByte).join("");
  return out;
}

/**
 * Decodes `text`. `fail` is called with the offset of a fault: a bad escape, bytes that are not UTF-8, a
 * lone surrogate, a control character, or a delimiter that must be written encoded.
 */
export function percentDecode(text: string, fail: (offset: number, reason: string) => never): string {
  const raw = text.search(/[?#]/);
  if (raw !== -1) fail(raw, `${JSON.stringify(text.charAt(raw))} is not percent-encoded`);
  const escape = text.search(/%(?![0-9A-Fa-f]{2})/);
  if (escape !== -1) fail(escape, "% is not followed by two hexadecimal digits");
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    return fail(text.indexOf("%"), "the percent-encoded bytes are not UTF-8");
  }
  if (!decoded.isWellFormed()) fail(0, "there is half a character (a lone surrogate)");
  if (CONTROL.test(decoded)) fail(0, "there is a control character");
  return decoded;
}

function hexByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
