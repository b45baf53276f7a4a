import type { GoString } from "../values/go-string.js";

/** What opens and closes an action. */
export interface Delimiters {
  readonly left: GoString;
  readonly right: GoString;
}

/** The right delimiter at this place, if there is one: where it begins and where the template goes on. */
export function rightDelimiterAt(
  source: GoString,
  offset: number,
  right: GoString,
): { readonly start: number; readonly after: number } | undefined {
  if (source.startsWith(right, offset)) return { start: offset, after: offset + right.length };
  const marker = source.slice(offset, offset + 2);
  if (!/^[ \t\r\n]-$/.test(marker) || !source.startsWith(right, offset + 2)) return undefined;
  const space = /[ \t\r\n]*/y;
  space.lastIndex = offset + 2 + right.length;
  space.test(source);
  return { start: offset + 2, after: space.lastIndex };
}
