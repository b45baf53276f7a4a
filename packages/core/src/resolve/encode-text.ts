/** Turns text into other text, as the functions of Go templates do that have these names. */
export const TEXT_ENCODINGS: {
  readonly [Name in "upper" | "lower" | "quote" | "urlquery"]: (text: string) => string;
} = {
  upper: (text) => eachAlone(text, (character) => character.toUpperCase()),
  lower: (text) => eachAlone(text, (character) => character.toLowerCase()),
  quote: (text) => `"${Array.from(text, quoted).join("")}"`,
  urlquery: (text) =>
    encodeURIComponent(text)
      .replaceAll("%20", "+")
      .replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`),
};

/** Go knows no letter that becomes two, and none that depends on its neighbours: strings.ToUpper, strings.ToLower. */
function eachAlone(text: string, change: (character: string) => string): string {
  return Array.from(text, (character) => {
    const changed = change(character);
    return Array.from(changed).length === 1 ? changed : character;
  }).join("");
}

/** What strconv.Quote of Go leaves as it is. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

const SHORT: Readonly<Record<string, string>> = {
  "\u0007": String.raw`\a`,
  "\b": String.raw`\b`,
  "\f": String.raw`\f`,
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
  "\t": String.raw`\t`,
  "\v": String.raw`\v`,
  "\\": String.raw`\\`,
  '"': String.raw`\"`,
};

function quoted(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  if (PRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hex = (digits: number): string => code.toString(16).padStart(digits, "0");
  if (code < 0x20 || code === 0x7f) return `\\x${hex(2)}`;
  return code < 0x10000 ? `\\u${hex(4)}` : `\\U${hex(8)}`;
}
