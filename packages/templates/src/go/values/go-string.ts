declare const goStringMark: unique symbol;

/**
 * A string of Go: bytes, one in each character (U+0000 to U+00FF). So lengths, slices, order and bytes that are no
 * UTF-8 are what they are in Go. Text enters by {@link goString} and leaves by {@link textOf}.
 */
export type GoString = string & { readonly [goStringMark]: true };

// oxlint-disable-next-line no-control-regex
const ASCII = /^[\0-\x7F]*$/;

/** The UTF-8 of a text; a lone surrogate becomes U+FFFD. */
export function goString(text: string): GoString {
  return (ASCII.test(text) ? text : Buffer.from(text, "utf8").toString("latin1")) as GoString;
}

/** The text of UTF-8; a byte that is none becomes U+FFFD. */
export function textOf(value: GoString): string {
  return ASCII.test(value) ? value : Buffer.from(value, "latin1").toString("utf8");
}

/** Bytes as a string of Go. */
export function fromBytes(bytes: Uint8Array): GoString {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1") as GoString;
}

/** The bytes of a string of Go. */
export function bytesOf(value: GoString): Buffer {
  return Buffer.from(value, "latin1");
}

/** Marks a string that is known to hold bytes, as parts of Go strings put together do. */
export function asGoString(bytes: string): GoString {
  return bytes as GoString;
}
