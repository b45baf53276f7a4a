import { escapeCodeUnits } from "../escape-code-units.js";
import type { Variable } from "../variable.js";

const LETTERS: Readonly<Record<string, string>> = { "\n": "n", "\r": "r", "\t": "t", "\f": "f" };

/**
 * `name=value` lines in the escapes of `java.util.Properties.store`, all in ASCII: `load(InputStream)` reads
 * ISO-8859-1 and `load(Reader)` usually UTF-8, and both read this alike.
 */
export function formatJavaProperties(variables: readonly Variable[]): string {
  return variables
    .map(({ name, value }) => {
      // A space ends a name, but in a value only leading ones are lost.
      const key = escapeText(name).replaceAll(" ", "\\ ");
      return `${key}=${escapeText(value).replace(/^ /, "\\ ")}\n`;
    })
    .join("");
}

function escapeText(text: string): string {
  const escaped = text.replace(/[\\=:#!\n\r\t\f]/g, (character) => `\\${LETTERS[character] ?? character}`);
  return escapeCodeUnits(escaped, /[^\x20-\x7E]/g);
}
