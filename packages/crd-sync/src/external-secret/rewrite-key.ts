import { RE2JS } from "re2js";
import { SyncFailure } from "../source/sync-failure.js";

/** `rewrite[].regexp`: every match of `source` in a key becomes `target`. */
export interface KeyRewrite {
  readonly source: string;
  readonly target: string;
}

export type KeyConversion = "Default" | "Unicode";

interface Step {
  readonly pattern: RE2JS;
  readonly target: readonly TargetPart[];
}

type TargetPart = { readonly text: string } | { readonly group: string };

/** No key of an object is longer than 253 characters; what steps make on the way may be longer. */
const MOST_CHARACTERS = 1_024;

/**
 * What keys become: rewritten one after the other, then without what no key may have. Pure. The result throws
 * {@link SyncFailure} `InvalidKey` for a key that grows beyond bounds.
 *
 * @throws {RE2JSException} for what is no regular expression
 */
export function rewriteKey(
  rewrites: readonly KeyRewrite[],
  conversion: KeyConversion,
): (key: string) => string {
  const steps = rewrites.map(({ source, target }): Step => ({
    pattern: RE2JS.compile(source),
    target: parseTarget(target),
  }));
  return (key) => {
    const most = Math.max(MOST_CHARACTERS, key.length);
    return convertKey(
      steps.reduce((text, step) => replaceAll(text, step, most), key),
      conversion,
    );
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
function parseTarget(target: string): TargetPart[] {
  const parts: TargetPart[] = [];
  let end = 0;
  for (const match of target.matchAll(/\$(?:(\$)|(\w+)|\{(\w+)\})/g)) {
    const [whole, dollar, bare, braced = ""] = match;
    parts.push({ text: target.slice(end, match.index) });
    parts.push(dollar === undefined ? { group: bare ?? braced } : { text: dollar });
    end = match.index + whole.length;
  }
  parts.push({ text: target.slice(end) });
  return parts.filter((part) => "group" in part || part.text !== "");
}

/** @throws {SyncFailure} as soon as the result is longer than `most`, for the next step may double it again. */
function replaceAll(text: string, { pattern, target }: Step, most: number): string {
  const matcher = pattern.matcher(text);
  const names = pattern.namedGroups();
  const groupOf = (name: string): string => {
    const at = /^\d+$/.test(name) ? Number(name) : names[name];
    return at === undefined || at > matcher.groupCount() ? "" : (matcher.group(at) ?? "");
  };
  let result = "";
  const append = (part: string): void => {
    result += part;
    if (result.length > most) throw tooLong(most);
  };
  let end = 0;
  while (matcher.find()) {
    append(text.slice(end, matcher.start()));
    for (const part of target) append("text" in part ? part.text : groupOf(part.group));
    end = matcher.end();
  }
  append(text.slice(end));
  return result;
}

function tooLong(most: number): SyncFailure {
  return new SyncFailure(
    "InvalidKey",
    `spec.dataFrom has a rewrite that makes a key longer than ${most} characters: correct its target`,
  );
}
