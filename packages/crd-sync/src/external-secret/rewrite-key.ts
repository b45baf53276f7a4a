import { RE2JS } from "re2js";

/** `rewrite[].regexp`: every match of `source` in a key becomes `target`. */
export interface KeyRewrite {
  readonly source: string;
  readonly target: string;
}

export type KeyConversion = "Default" | "Unicode";

/**
 * What keys become: rewritten one after the other, then without what no key may have. Pure.
 *
 * @throws {RE2JSException} for what is no regular expression
 */
export function rewriteKey(
  rewrites: readonly KeyRewrite[],
  conversion: KeyConversion,
): (key: string) => string {
  const steps = rewrites.map(({ source, target }) => ({ pattern: RE2JS.compile(source), target }));
  return (key) => {
    const rewritten = steps.reduce((text, { pattern, target }) => replaceAll(pattern, text, target), key);
    return convertKey(rewritten, conversion);
  };
}

/** A key without what none may have: `_`, or with `Unicode` the code of the character between underscores. */
function convertKey(key: string, conversion: KeyConversion): string {
  return key.replaceAll(/[^-._a-zA-Z0-9]/gu, (char) =>
    conversion === "Default"
      ? "_"
      : `_U${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}_`,
  );
}

/** As Go's `Regexp.ReplaceAllString`: `$1` and `${name}` are groups, `$$` is a dollar. */
function replaceAll(pattern: RE2JS, text: string, target: string): string {
  const matcher = pattern.matcher(text);
  const names = pattern.namedGroups();
  let result = "";
  let end = 0;
  while (matcher.find()) {
    const group = (name: string): string => {
      const at = /^\d+$/.test(name) ? Number(name) : names[name];
      return at === undefined || at > matcher.groupCount() ? "" : (matcher.group(at) ?? "");
    };
    result += text.slice(end, matcher.start());
    result += target.replaceAll(
      /\$(?:(\$)|(\w+)|\{(\w+)\})/g,
      (_, dollar?: string, bare?: string, braced?: string) => dollar ?? group(bare ?? braced ?? ""),
    );
    end = matcher.end();
  }
  return result + text.slice(end);
}
