import { formatReference, ReferenceSyntaxError, type SecretReference } from "@sluice/core";
import { type Dialect, type DialectProblem, isProblem, readWritten, type Scope } from "@sluice/core/dialect";
import { isReferencePart, parsePlannedText, type PlannedText } from "@sluice/core/plan";
import type { ObjectMetadata } from "@sluice/core/pod";
import type { AnyObject, TextPiece, TextPlace } from "./text-places.js";

/** A text with references, taken apart. */
export type TextParts = readonly (string | SecretReference)[];

/** A member of an object that holds references. */
export interface AskingPlace {
  readonly at: TextPlace;
  /** What its pieces are made of, by their places; those without references are not here. */
  readonly pieces: ReadonlyMap<string, TextParts>;
}

/** What an object asks for. */
export interface ReadTexts {
  readonly places: readonly AskingPlace[];
  /** Every reference, by its canonical form. */
  readonly references: ReadonlyMap<string, SecretReference>;
  readonly problems: readonly DialectProblem[];
}

/** What a text asks for; `undefined` where it is plain. */
export type ReadText = (piece: TextPiece) => TextParts | DialectProblem | undefined;

/** References that one object may have. */
export const MOST_REFERENCES = 1_000;

/** Places of a text that may begin a reference: reading them takes time, and a tenant decides how many there are. */
const MOST_OPENINGS = 10_000;

/** Reads the texts of an object, no further than to the first reference that is too many. Pure. */
export function readTexts(places: Iterable<TextPlace>, read: ReadText): ReadTexts {
  const asking: AskingPlace[] = [];
  const references = new Map<string, SecretReference>();
  const problems: DialectProblem[] = [];
  for (const at of places) {
    const pieces = new Map<string, TextParts>();
    at.changed((piece) => {
      const reading = read(piece);
      if (reading === undefined) return undefined;
      if ("problem" in reading) problems.push(reading);
      else pieces.set(piece.place, reading);
      return undefined;
    });
    for (const part of Array.from(pieces.values()).flat())
      if (typeof part !== "string") references.set(formatReference(part), part);
    if (pieces.size > 0) asking.push({ at, pieces });
    if (references.size > MOST_REFERENCES) break;
  }
  return { places: asking, references, problems };
}

/** Reads texts as the values of variables are read, with the object's annotations for those of a pod. */
export function textReader(object: AnyObject, dialects: readonly Dialect[], namespace: string): ReadText {
  const pod = { metadata: (object["metadata"] ?? {}) as ObjectMetadata, spec: { containers: [] } };
  const scope: Scope = { pod, namespace, namespaceLabels: {}, objects: { find: () => undefined } };
  const active = dialects.filter((dialect) => dialect.appliesTo(pod, scope));
  const container = { name: "object" };
  return ({ place: name, text }) => {
    if (hasTooMany(text)) return tooMany(name);
    const reading = readWritten({ container, kind: "app", name, text }, active, scope);
    if (reading === undefined) return undefined;
    const parts = isProblem(reading) ? reading : partsOf(reading.text, name);
    // One that is only written as text, with $${, stays as it is.
    return "problem" in parts || parts.some((part) => typeof part !== "string") ? parts : undefined;
  };
}

function hasTooMany(text: string): boolean {
  let count = 0;
  for (let at = text.indexOf("${"); at !== -1 && count <= MOST_OPENINGS; at = text.indexOf("${", at + 2))
    count += 1;
  return count > MOST_OPENINGS;
}

function tooMany(place: string): DialectProblem {
  return {
    problem: `${place} has more than ${MOST_OPENINGS} places that may begin a reference`,
    remedy: 'Make several of it; or, if it holds none, annotate the object sluice.dev/inject: "false"',
  };
}

function partsOf(text: PlannedText, place: string): TextParts | DialectProblem {
  try {
    return parsePlannedText(text).map((part) => {
      if (typeof part === "string" || isReferencePart(part)) return part;
      throw new TypeError("An object has no variables of its own");
    });
  } catch (thrown) {
    if (!ReferenceSyntaxError.isInstance(thrown)) throw thrown;
    return { problem: `${place}: ${thrown.problem}`, remedy: thrown.remedy };
  }
}
