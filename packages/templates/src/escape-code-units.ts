/** Writes each match of `pattern`, global and of one UTF-16 code unit a match, as `\uXXXX`. */
export function escapeCodeUnits(text: string, pattern: RegExp): string {
  return text.replace(pattern, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
