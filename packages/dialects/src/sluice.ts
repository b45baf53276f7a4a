import { hasReferenceSyntax, parseTemplate, ReferenceSyntaxError } from "@sluice/core";
import type { Dialect } from "@sluice/core/dialect";

/** Annotation that turns injection off for a pod with the value `false`. */
export const INJECT_ANNOTATION = "sluice.dev/inject";

/** The project's own notation: `secret://STORE/PATH` as a whole, `${secret://…}` inside a text. */
export function sluice(): Dialect {
  return {
    name: "sluice",
    appliesTo: ({ metadata }) => metadata?.annotations?.[INJECT_ANNOTATION] !== "false",
    readVariable: ({ name, text }) => {
      if (!hasReferenceSyntax(text)) return undefined;
      try {
        parseTemplate(text);
      } catch (thrown) {
        if (!ReferenceSyntaxError.isInstance(thrown)) throw thrown;
        return { problem: `Variable ${name}: ${thrown.problem}`, remedy: thrown.remedy };
      }
      return { text };
    },
  };
}
