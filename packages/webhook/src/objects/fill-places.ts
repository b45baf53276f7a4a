import { formatReference, type ReferenceOutcome } from "@sluice/core";
import type { DialectProblem } from "@sluice/core/dialect";
import type { PatchOperation } from "@sluice/core/mutation";
import { NotTextError } from "./plain-text.js";
import type { AskingPlace, ReadText, TextParts } from "./read-texts.js";

export interface FilledPlaces {
  readonly patch: readonly PatchOperation[];
  readonly problems: readonly DialectProblem[];
}

/**
 * Puts values into the places of their references: one step of a patch for each member that has some. A value that reads
 * as a reference is a problem: so whatever reads as one in an object was written there by its author, also when
 * the object comes again.
 */
export function fillPlaces(
  places: readonly AskingPlace[],
  outcomes: ReadonlyMap<string, ReferenceOutcome>,
  read: ReadText,
): FilledPlaces {
  const patch: PatchOperation[] = [];
  const problems: DialectProblem[] = [];
  for (const { at, pieces } of places) {
    try {
      const value = at.changed(({ place }) => {
        const parts = pieces.get(place);
        if (parts === undefined) return undefined;
        const bytes = filled(parts, outcomes);
        if (read({ place, text: bytes.toString("utf8") }) !== undefined)
          problems.push(readsAsReference(place));
        return bytes;
      });
      if (value !== at.written) patch.push({ op: "replace", path: at.pointer, value });
    } catch (thrown) {
      if (!(thrown instanceof NotTextError)) throw thrown;
      problems.push(notText(Array.from(pieces.keys()).join(", ")));
    }
  }
  return { patch, problems };
}

function filled(parts: TextParts, outcomes: ReadonlyMap<string, ReferenceOutcome>): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === "string") return Buffer.from(part);
      const outcome = outcomes.get(formatReference(part));
      if (outcome?.status !== "found") throw new TypeError("A reference was not read");
      return outcome.value.bytes();
    }),
  );
}

function readsAsReference(place: string): DialectProblem {
  return {
    problem: `${place} would hold a value that reads as a reference itself`,
    remedy: "Write another value into the store, or let the program read it by itself",
  };
}

function notText(place: string): DialectProblem {
  return {
    problem: `${place} would hold bytes that are no text`,
    remedy: "Put it where bytes may be: data of a Secret, binaryData of a ConfigMap",
  };
}
