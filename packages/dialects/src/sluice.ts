import {
  formatReference,
  hasReferenceSyntax,
  parseReference,
  parseTemplate,
  ReferenceSyntaxError,
} from "@sluice/core";
import type { ContainerAddition, Dialect, DialectProblem } from "@sluice/core/dialect";
import type { PlannedSpread } from "@sluice/core/plan";
import type { Pod } from "@sluice/core/pod";
import { readFileAnnotations } from "./sluice-files.js";

/** Annotation that turns injection off for a pod with the value `false`. */
export const INJECT_ANNOTATION = "sluice.dev/inject";

/** Annotation with references, separated by white space, whose every field becomes a variable of each container. */
export const ENV_FROM_ANNOTATION = "sluice.dev/env-from";

/** Annotation that leaves out secrets that do not exist, with the value `true`. */
export const IGNORE_MISSING_ANNOTATION = "sluice.dev/ignore-missing";

/** Annotation that says where app containers have their variables from: `broker`, which is the default, or `file`. */
export const SOURCE_ANNOTATION = "sluice.dev/source";

/** The project's own notation: `secret://STORE/PATH` as a whole, `${secret://…}` inside a text. */
export function sluice(): Dialect {
  return {
    name: "sluice",
    readsObjects: true,
    appliesTo: (pod) => annotationOf(pod, INJECT_ANNOTATION) !== "false",
    readVariable: ({ name, text }, { pod }) => {
      if (!hasReferenceSyntax(text)) return undefined;
      try {
        parseTemplate(text);
      } catch (thrown) {
        if (!ReferenceSyntaxError.isInstance(thrown)) throw thrown;
        return { problem: `Variable ${name}: ${thrown.problem}`, remedy: thrown.remedy };
      }
      return { text, ...(isMissingIgnored(pod) && { optional: true }) };
    },
    readContainer: (_container, kind, { pod }): ContainerAddition => {
      const asked = kind === "app" ? filesOf(pod) : undefined;
      const written = annotationOf(pod, ENV_FROM_ANNOTATION)?.split(/\s+/) ?? [];
      if (kind === "ephemeral") return {};
      const readings = written.filter((text) => text !== "").map((text) => spreadOf(text, pod));
      return {
        spread: readings.flatMap((reading) => ("problem" in reading ? [] : [reading])),
        problems: [
          ...readings.flatMap((reading) => ("problem" in reading ? [reading] : [])),
          ...(asked?.problems ?? []),
        ],
        ...asked?.files,
      };
    },
  };
}

/** Files, and whether the variables come from one: for app containers, before which a writer runs. */
function filesOf(pod: Pod): {
  readonly files: Pick<ContainerAddition, "files" | "environmentFromFile">;
  readonly problems: readonly DialectProblem[];
} {
  const { files, problems } = readFileAnnotations(pod.metadata?.annotations ?? {}, isMissingIgnored(pod));
  const source = annotationOf(pod, SOURCE_ANNOTATION);
  const isKnown = source === undefined || source === "broker" || source === "file";
  const unknown = {
    problem: `Annotation ${SOURCE_ANNOTATION} is neither "broker" nor "file"`,
    remedy: "Write one of them, or leave it out",
  };
  return {
    files: { files, environmentFromFile: source === "file" },
    problems: isKnown ? problems : [...problems, unknown],
  };
}

function spreadOf(text: string, pod: Pod): PlannedSpread | DialectProblem {
  try {
    const reference = parseReference(text);
    if (reference.key !== undefined || reference.decode !== undefined)
      return {
        problem: `Annotation ${ENV_FROM_ANNOTATION} names one field of a secret, or decodes it`,
        remedy: "Leave out #KEY and decode=, or write the field as a variable",
      };
    return { from: formatReference(reference), ...(isMissingIgnored(pod) && { optional: true }) };
  } catch (thrown) {
    if (!ReferenceSyntaxError.isInstance(thrown)) throw thrown;
    return { problem: `Annotation ${ENV_FROM_ANNOTATION}: ${thrown.problem}`, remedy: thrown.remedy };
  }
}

function isMissingIgnored(pod: Pod): boolean {
  return annotationOf(pod, IGNORE_MISSING_ANNOTATION) === "true";
}

function annotationOf({ metadata }: Pod, name: string): string | undefined {
  return metadata?.annotations?.[name];
}
