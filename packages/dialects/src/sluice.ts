import {
  formatReference,
  hasReferenceSyntax,
  parseReference,
  parseTemplate,
  ReferenceSyntaxError,
} from "@sluice/core";
import type { ContainerAddition, Dialect, DialectProblem, EnvironmentOrigin } from "@sluice/core/dialect";
import type { PlannedSpread } from "@sluice/core/plan";
import { containersOf, type Pod } from "@sluice/core/pod";
import { fileReaders, type FileReader, readFileAnnotations } from "./sluice-files.js";

/** Annotation that turns injection off for a pod with the value `false`. */
export const INJECT_ANNOTATION = "sluice.dev/inject";

/** Annotation with references, separated by white space, whose every field becomes a variable of each container. */
export const ENV_FROM_ANNOTATION = "sluice.dev/env-from";

/** Annotation that leaves out secrets that do not exist, with the value `true`. */
export const IGNORE_MISSING_ANNOTATION = "sluice.dev/ignore-missing";

/** Annotation that says where app containers have their variables from: `broker`, `file`, or the pod's own `sidecar`. */
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
    readContainer: ({ name }, kind, { pod }): ContainerAddition => {
      const asked = filesOf(pod, { name, kind });
      const written = annotationOf(pod, ENV_FROM_ANNOTATION)?.split(/\s+/) ?? [];
      if (kind === "ephemeral") return { problems: asked.problems };
      const readings = written.filter((text) => text !== "").map((text) => spreadOf(text, pod));
      return {
        spread: readings.flatMap((reading) => ("problem" in reading ? [] : [reading])),
        problems: [
          ...readings.flatMap((reading) => ("problem" in reading ? [reading] : [])),
          ...asked.problems,
        ],
        ...asked.files,
      };
    },
  };
}

const ORIGINS: readonly EnvironmentOrigin[] = ["broker", "file", "sidecar"];

/** Its files, and where the variables of app containers come from: before those a writer runs, or an agent. */
function filesOf(
  pod: Pod,
  reader: FileReader,
): {
  readonly files: Pick<ContainerAddition, "files" | "environmentFrom">;
  readonly problems: readonly DialectProblem[];
} {
  const annotations = pod.metadata?.annotations ?? {};
  const { files, problems } = readFileAnnotations(annotations, isMissingIgnored(pod), reader);
  if (reader.kind !== "app") return { files: { files }, problems };
  const names = new Set(Array.from(containersOf(pod), ([{ name }]) => name));
  const strangers = Array.from(new Set(fileReaders(annotations))).filter((name) => !names.has(name));
  const written = annotationOf(pod, SOURCE_ANNOTATION);
  const environmentFrom = ORIGINS.find((origin) => origin === written);
  const unknown = {
    problem: `Annotation ${SOURCE_ANNOTATION} is none of ${ORIGINS.map((origin) => `"${origin}"`).join(", ")}`,
    remedy: "Write one of them, or leave it out",
  };
  return {
    files: { files, ...(environmentFrom !== undefined && { environmentFrom }) },
    problems: [
      ...problems,
      ...strangers.map((name) => ({
        problem: `An annotation sluice.dev/file-containers names container "${name.slice(0, 63)}", which the pod does not have`,
        remedy: "Name containers of the pod, or leave the annotation out",
      })),
      ...(written === undefined || environmentFrom !== undefined ? [] : [unknown]),
    ],
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
