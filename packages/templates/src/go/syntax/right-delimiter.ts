import type { GoString } from "../values/go-string.js";

const RIGHT = "}}";

/** The right delimiter at this place, if there is one: where it begins and where the template goes on. */
export function rightDelimiterAt(
  source: GoString,
  offset: number,
): { readonly start: number; readonly after: number } | undefined {
  if (source.startsWith(RIGHT, offset)) return { start: offset, after: offset + RIGHT.length };
  const marker = source.slice(offset, offset + 2);
  if (!/^[ \t\r\n]-$/.test(marker) || !source.startsWith(RIGHT, offset + 2)) return undefined;
  const space = /[ \t\r\n]*/y;
  space.lastIndex = offset + 2 + RIGHT.length;
  space.test(source);
  return { start: offset + 2, after: space.lastIndex };
}
