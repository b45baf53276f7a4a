import type { PlannedPart } from "../plan/injection-plan.js";
import { expandVariables } from "../pod/expand-variables.js";
import { isReference } from "../reference/parse-reference.js";
import type { RawVariable } from "./written-environment.js";

/** A variable while its container is read: a text, or parts: with secrets in them, or what only the node knows. */
export type Known =
  | { readonly is: "text"; readonly text: string }
  | {
      readonly is: "planned" | "runtime";
      readonly parts: readonly PlannedPart[];
      readonly optional: boolean;
    };

/** A text with what is known put in the places of `$(NAME)`. */
export interface Expanded {
  readonly parts: readonly PlannedPart[];
  /** Present when a variable in it holds a secret: whether one of those may be missing. */
  readonly optional?: boolean;
  /** It is longer than any environment can hold, and was not expanded to its end. */
  readonly isTooLong?: boolean;
}

/** The largest variable that Linux starts a process with, in bytes. */
export const MOST_TEXT = 131_071;

/** How much expanding may make of all of a container's variables: each may double the one before. */
const MOST_IN_ALL = 4 * 1024 * 1024;

/** Expands the variables of one container, within bounds. */
export class Expander {
  readonly #known: ReadonlyMap<string, Known>;
  readonly #isKnown: (name: string) => boolean;
  #left = MOST_IN_ALL;

  /** @param isKnown - Whether the kubelet knows a name, be it only on the node. */
  constructor(known: ReadonlyMap<string, Known>, isKnown: (name: string) => boolean) {
    this.#known = known;
    this.#isKnown = isKnown;
  }

  expand({ name, text, expands }: RawVariable): Expanded {
    if (text === undefined) return { parts: [{ var: name }] };
    if (!expands || !text.includes("$"))
      return text.length > MOST_TEXT ? { parts: [text], isTooLong: true } : { parts: [text] };
    let optional: boolean | undefined;
    let length = 0;
    const parts: PlannedPart[] = [];
    for (const part of expandVariables(text, this.#isKnown)) {
      const value = typeof part === "string" ? undefined : this.#known.get(part.name);
      if (value?.is === "planned") optional = optional === true || value.optional;
      for (const added of partsOf(part, value)) {
        length += typeof added === "string" ? added.length : 1;
        append(parts, added);
      }
      if (length > Math.min(MOST_TEXT, this.#left))
        return { parts, isTooLong: true, ...(optional !== undefined && { optional }) };
    }
    this.#left -= length;
    return { parts, ...(optional !== undefined && { optional }) };
  }
}

function partsOf(part: string | { readonly name: string }, value: Known | undefined): readonly PlannedPart[] {
  if (typeof part === "string") return [part];
  if (value === undefined) return [{ var: part.name }];
  return value.is === "text" ? [value.text] : value.parts.map(closed);
}

/** Neighbouring texts become one. */
function append(parts: PlannedPart[], part: PlannedPart): void {
  const last = parts.at(-1);
  if (typeof part === "string" && typeof last === "string") parts[parts.length - 1] = last + part;
  else parts.push(part);
}

/** A reference keeps its end when text follows it. */
function closed(part: PlannedPart): PlannedPart {
  return typeof part === "string" && isReference(part) ? `\${${part}}` : part;
}
