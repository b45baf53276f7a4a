import { RE2JS, RE2JSException } from "re2js";
import type { Meter } from "../meter.js";
import { TemplateProblem } from "../template-problem.js";
import { goString, textOf, type GoString } from "../values/go-string.js";
import { ofStrings, type GoFunctions } from "./go-function.js";

/** A pattern may be repeated inside itself; compiling one takes time by what it becomes. */
const MAX_PATTERN_BYTES = 1000;
const MAX_PROGRAM = 5000;

/** Regular expressions in the syntax of Go, which is RE2's: the time is linear in the text. */
export const REGEX_FUNCTIONS: GoFunctions = {
  regexMatch: ofStrings(2, ([pattern, text], { meter }) => compile(pattern, text, meter).test(textOf(text))),
  regexReplaceAll: ofStrings(3, ([pattern, replacement, text], { meter }) => {
    const regex = compile(pattern, text, meter);
    const parts = replacementParts(textOf(replacement));
    const source = textOf(text);
    const named = regex.namedGroups();
    const groups = regex.groupCount();
    const matcher = regex.matcher(source);
    let result = "";
    let end = 0;
    let isFirst = true;
    while (matcher.find()) {
      // Nothing is not found again right behind what was found.
      if (!isFirst && matcher.end() === end) continue;
      isFirst = false;
      result += source.slice(end, matcher.start());
      for (const part of parts) {
        if (typeof part === "string") result += part;
        else {
          const group = /^\d+$/.test(part.group) ? Number(part.group) : named[part.group];
          if (group !== undefined && group <= groups) result += matcher.group(group) ?? "";
        }
      }
      end = matcher.end();
      meter.step();
      // One search may go through all of the text.
      meter.lookAtTheClock();
      if (result.length > meter.limits.maxOutputBytes) meter.bytes(result.length);
    }
    const replaced = goString(result + source.slice(end));
    meter.bytes(replaced.length);
    return replaced;
  }),
};

function compile(pattern: GoString, text: GoString, meter: Meter): RE2JS {
  if (pattern.length > MAX_PATTERN_BYTES)
    throw new TemplateProblem(
      `a regular expression is longer than ${MAX_PATTERN_BYTES} bytes`,
      "Make it shorter",
    );
  if (goString(textOf(text)) !== text || goString(textOf(pattern)) !== pattern)
    throw new TemplateProblem("a regular expression is used on bytes that are no UTF-8");
  try {
    const regex = RE2JS.compile(textOf(pattern));
    const size = regex.programSize();
    if (size > MAX_PROGRAM)
      throw new TemplateProblem("a regular expression repeats too much", "Repeat fewer times");
    // Each instruction may be looked at for each character.
    meter.step(1 + Math.floor((text.length * size) / 64) + size);
    return regex;
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    throw new TemplateProblem("a regular expression is malformed", "Its syntax is that of RE2");
  }
}

type Part = string | { readonly group: string };

/** The replacement's texts and groups: `$1`, `${1}`, `$name`, `$$`, with the longest name that is one. */
function replacementParts(replacement: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of replacement.matchAll(/\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu)) {
    parts.push(replacement.slice(end, match.index));
    const name = match[2] ?? match[3];
    parts.push(name === undefined ? "$" : { group: name });
    end = match.index + match[0].length;
  }
  parts.push(replacement.slice(end));
  return parts;
}
