/** Length of the shortest piece of a value that counts as a leak, in characters. */
const SHORTEST = 8;

/** Every piece of a text that must not be seen, in every notation it might be seen in. */
export function fragmentsOf(text: string): ReadonlySet<string> {
  const pieces = Array.from({ length: Math.max(1, text.length - SHORTEST + 1) }, (_, at) =>
    text.slice(at, at + SHORTEST),
  );
  return new Set(pieces.flatMap(notationsOf));
}

/** Whether any fragment is in the text, however that is broken into lines and columns. */
export function leaks(text: string, fragments: ReadonlySet<string>): boolean {
  const dense = text.replaceAll(/\s/g, "");
  return fragments.values().some((fragment) => text.includes(fragment) || dense.includes(fragment));
}

function notationsOf(piece: string): readonly string[] {
  const bytes = Buffer.from(piece);
  const hex = bytes.toString("hex");
  return [
    piece,
    encodeURIComponent(piece),
    hex,
    hex.toUpperCase(),
    // As arrays of bytes are printed.
    bytes.join(","),
    ...[0, 1, 2].flatMap((offset) => base64Inside(bytes, offset)),
  ];
}

/** The digits that stand for `bytes`, whatever is around them, where they begin at `offset` in their group of three. */
function base64Inside(bytes: Buffer, offset: number): readonly string[] {
  const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  const inside = digits.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  return [inside, inside.replaceAll("+", "-").replaceAll("/", "_")];
}
